import { atMost } from '../../argument/atMost.js';
import { callback, flag } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { TorchError } from '../../error.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Compose } from '../../transforms/compose.js';
import { forPictures, isFixed, type Step, type Transform } from '../../transforms/transform.js';
import { checkIndex, type ReadImage, type Reading } from '../dataset/dataset.js';
import { type TransformLike, transformKind } from '../dataset/transform.js';
import { readImageSync } from '../images/reader.js';
import { changed } from '../transforms/steps.js';
import { DatasetFolder } from './datasetFolder.js';

/** Options of {@link ImageFolder}. */
export interface ImageFolderOptions {
  /**
   * Changes each image, `(3, H, W)` uint8 0–255: a transform, or a function of one's own. Steps that draw nothing are taken
   * as soon as an image is read, the others when its batch is asked for, in the order of the examples. Default: none.
   */
  transform?: TransformLike;
  /** Changes the number of a class, to an integer. Default: nothing. */
  targetTransform?: (label: number) => number;
  /** Whether a file is taken, by its path. Default: by its ending, as torchvision, of which PNG, JPEG and WebP can be decoded. */
  isValidFile?: (path: string) => boolean;
  /** Whether a class may have no images. Default false. */
  allowEmpty?: boolean;
}

const spec = {
  transform: transformKind.optional(),
  targetTransform: callback<(label: number) => number>().optional(),
  isValidFile: callback<(path: string) => boolean>().optional(),
  allowEmpty: flag.or(false),
} satisfies SpecOf<ImageFolderOptions>;

const decoded = ['.jpg', '.jpeg', '.png', '.webp'];
// What torchvision takes beside these.
const others = ['.ppm', '.bmp', '.pgm', '.tif', '.tiff'];

/**
 * Pictures in folders that are named by their classes, `root/cat/1.png`, `root/dog/a/2.jpg`; mirrors
 * `torchvision.datasets.ImageFolder`: the same classes, examples and order. Pictures become red, green and blue as Pillow's
 * `convert('RGB')` makes them (transparency is left out), and are turned as they say themselves, which torchvision leaves to
 * its user. With `for await`, `train` and `evaluate` they are read and decoded off the event loop, with `numWorkers` of a
 * `DataLoader` on threads of their own; `for … of` and `get` decode on this one.
 *
 * Examples: `[image, label]`: uint8 `(3, H, W)` 0–255, or what the transform makes of it, and the number of the class.
 *
 * @param root - The folder above those of the classes.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND` without folders, and for a class without pictures; `ERR_IMAGE` for pictures of
 *   another format than PNG, JPEG and WebP, and, when it is read, for a damaged one.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
 * @example compile
 * const folder = new data.ImageFolder('pictures/train', { transform: (image) => image.div(255) });
 * const loader = new data.DataLoader(folder, { batchSize: 32, shuffle: true, numWorkers: 4 });
 * for await (const [X, y] of loader) net.forward(X).argmax({ dim: 1 }).eq(y);
 */
export class ImageFolder extends DatasetFolder<ReadImage, Tensor> {
  readonly transform: Transform | undefined;
  readonly #early: Transform | undefined;
  readonly #late: Transform | undefined;

  constructor(root: string, options?: ImageFolderOptions) {
    const what = new.target.name;
    atMost(what, 2, arguments.length);
    const { transform, targetTransform, isValidFile, allowEmpty } = readOptions(
      what,
      spec,
      options,
    );
    super(root, readImageSync, {
      ...(isValidFile === undefined ? { extensions: [...decoded, ...others] } : { isValidFile }),
      ...(targetTransform && { targetTransform }),
      allowEmpty,
    });
    if (isValidFile === undefined) this.#refuseOthers();
    this.transform = transform;
    [this.#early, this.#late] = halvesOf(transform && forPictures(transform));
  }

  // Now, and not in the middle of an epoch.
  #refuseOthers(): void {
    const wrong = this.samples.filter(([path]) =>
      others.some((ending) => path.toLowerCase().endsWith(ending)),
    );
    if (wrong.length === 0) return;
    throw new TorchError(
      'ERR_IMAGE',
      `${this.root}: expected PNG, JPEG or WebP, found ${wrong.length} others such as ${wrong[0]![0]}: convert them, ` +
        'or leave them out by the option isValidFile',
    );
  }

  /** As {@link samples}. */
  get imgs(): this['samples'] {
    return this.samples;
  }

  override get(index: number): readonly [image: Tensor, label: number] {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    const image = readImageSync(this.samples[index]![0]);
    return this.#example(this.#begin(image), index);
  }

  override reading(): Reading<readonly [image: Tensor, label: number]> {
    atMost('reading', 0, arguments.length);
    return async (index, images) => {
      const begun = this.#begin(await images.read(this.samples[index]![0])).keep();
      return () => {
        // Of the scope around, with what is made of it.
        const own = begun.view(begun.shape);
        begun.dispose();
        return this.#example(own, index);
      };
    };
  }

  // What draws nothing is done as soon as there is an image: small ones can wait in numbers.
  #begin({ data, width, height }: ReadImage): Tensor {
    return tidy(() => {
      const image = tensor(data, { shape: [1, height, width, 3] })
        .permute(0, 3, 1, 2)
        .contiguous();
      return this.#early === undefined ? image : changed(this.#early, image);
    });
  }

  #example(begun: Tensor, index: number): readonly [image: Tensor, label: number] {
    const image = this.#late === undefined ? begun : changed(this.#late, begun);
    return [image.squeeze(0), this.target(index)];
  }
}

function halvesOf(
  transform: Transform | undefined,
): readonly [early: Transform | undefined, late: Transform | undefined] {
  if (transform === undefined) return [undefined, undefined];
  const isChain = transform instanceof Compose && transform.forward === Compose.prototype.forward;
  const all = isChain ? transform.transforms : [transform];
  const found = all.findIndex((each) => !isFixed(each));
  const count = found < 0 ? all.length : found;
  const chain = (some: readonly Step[]) => (some.length > 0 ? new Compose(some) : undefined);
  return [chain(all.slice(0, count)), chain(all.slice(count))];
}
