import { basename } from 'node:path';

import { reasonOf } from '../../files/readError.js';
import type { Tensor } from '../../tensor/index.js';
import type { OpenedSet } from '../dataSet/open.js';
import { imageFiles } from '../predict/imageFiles.js';
import { argumentPaths, shown } from '../systemPath.js';
import type { Torch } from '../torch.js';

/** An image as Fashion-MNIST has them: uint8 `(1, 1, 28, 28)`. */
export interface ChosenImage {
  readonly image: Tensor;
  /** The right class, where it is known. */
  readonly label?: number;
  readonly title: string;
}

const [height, width] = [28, 28];

/** Image number `index` of the test images. */
export async function testImage(
  torch: Torch,
  index: number,
  opened: OpenedSet,
): Promise<ChosenImage> {
  const dataset = await opened.load(false);
  if (index >= dataset.length) {
    throw new torch.TorchError(
      'ERR_IMAGE',
      `--index: expected a test image from 0 to ${dataset.length - 1}, got ${index}`,
    );
  }
  return {
    image: dataset.images.narrow(0, index, 1),
    label: Number(dataset.targets.select(0, index).item()),
    title: `test image ${index}`,
  };
}

/**
 * The image in a file, prepared as `predict` does; number `index` where it holds several.
 *
 * @throws {TorchError} `ERR_FILE_READ`, `ERR_IMAGE` or `ERR_DATA_CORRUPT`, naming the file.
 */
export async function fileImage(torch: Torch, path: string, index: number): Promise<ChosenImage> {
  const name = shown(argumentPaths([path])[0]!);
  const bytes = await readImage(torch, path, name);
  const { imagesIn } = await import('../../data/images/contents.js');
  const images = await imagesIn(bytes, name, { size: [height, width], invert: 'auto' });
  if (index >= images.count) {
    throw new torch.TorchError(
      'ERR_IMAGE',
      `${name}: expected --index from 0 to ${images.count - 1}, got ${index}`,
    );
  }
  const image = torch.tensor(images.prepare(index), { shape: [1, 1, height, width] });
  return { image, title: images.numbered ? `${basename(name)}[${index}]` : basename(name) };
}

async function readImage(torch: Torch, path: string, name: string): Promise<Uint8Array> {
  const [file, ...more] = imageFiles([path]);
  if (file === undefined || more.length > 0 || file.name !== name) {
    throw new torch.TorchError('ERR_IMAGE', `${name}: expected one image, found a folder`);
  }
  if ('problem' in file) throw new torch.TorchError('ERR_IMAGE', `${name}: ${file.problem}`);
  try {
    return await file.read();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new torch.TorchError(
      isMissing ? 'ERR_FILE_NOT_FOUND' : 'ERR_FILE_READ',
      `${name}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}
