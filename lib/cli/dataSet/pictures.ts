import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import type { ImageSet, ImageSetParts } from '../../data/sets/imageSet.js';
import { readError } from '../../files/readError.js';
import type { Torch } from '../torch.js';

// Images as the chapter's networks take them.
const [height, width] = [28, 28];
const testFolders = ['test', 'val', 'valid', 'validation'];

/** A folder of pictures, with a folder for each class in `train` and in `test`. */
export class PictureFolder {
  readonly classes: readonly string[];
  readonly #torch: Torch;
  readonly #train: string;
  readonly #test: string;

  /**
   * @throws {TorchError} `ERR_DATA_NOT_FOUND` for another arrangement, `ERR_IMAGE` for pictures of another format than PNG, JPEG
   *   and WebP.
   */
  constructor(torch: Torch, root: string) {
    const found = entriesOf(root);
    const test = testFolders.find((name) => found.includes(name));
    const wrong = (message: string): Error =>
      new torch.TorchError('ERR_DATA_NOT_FOUND', `${root}: ${message}`);
    if (!found.includes('train') || test === undefined) {
      throw wrong(
        'expected the folders train and test (or val), each with a folder of pictures for each class, ' +
          `found ${found.slice(0, 5).join(', ') || 'nothing'}`,
      );
    }
    this.#torch = torch;
    this.#train = join(root, 'train');
    this.#test = join(root, test);
    this.classes = this.#folderOf(true).classes;
    const tested = this.#folderOf(false).classes;
    if (String(tested) !== String(this.classes)) {
      throw wrong(
        `expected the same classes in train and ${test}, found ${this.classes.join(', ')} and ${tested.join(', ')}`,
      );
    }
  }

  #folderOf(train: boolean) {
    return new this.#torch.data.ImageFolder(train ? this.#train : this.#test);
  }

  /**
   * The pictures for training or for tests in memory, prepared as `predict` prepares pictures.
   * @param transform - What the network takes of them.
   * @throws {TorchError} `ERR_IMAGE`, `ERR_FILE_READ`, naming the file.
   */
  async load(train: boolean, transform?: ImageSetParts['transform']): Promise<ImageSet> {
    const { data, tensor } = this.#torch;
    const { samples, targets } = this.#folderOf(train);
    const pixels = new Uint8Array(samples.length * height * width);
    let next = 0;
    const readSome = async (): Promise<void> => {
      while (next < samples.length) {
        const index = next++;
        const [path] = samples[index]!;
        const bytes = await readFile(path).catch((error) => {
          throw readError(error, path);
        });
        const image = data.prepareImage(await data.decodeImage(bytes, path), {
          size: [height, width],
        });
        pixels.set(image, index * height * width);
      }
    };
    await Promise.all(Array.from({ length: 2 * availableParallelism() }, readSome));
    // Here and not above: help must work without libtorch.
    const { ImageSet } = await import('../../data/sets/imageSet.js');
    return new ImageSet({
      images: tensor(pixels, { shape: [samples.length, 1, height, width] }),
      targets: tensor([...targets], { dtype: 'int64' }),
      classes: this.classes,
      transform,
    });
  }
}

function entriesOf(root: string): string[] {
  try {
    return readdirSync(root).sort();
  } catch (error) {
    throw readError(error, root);
  }
}
