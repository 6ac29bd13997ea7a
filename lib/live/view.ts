import { noGrad } from '../context/autograd.js';
import { onOneThread } from '../context/oneThread.js';
import { imagesIn } from '../data/images/contents.js';
import { invalidArgument, TorchError } from '../error.js';
import { ownInputShape } from '../models/imageModel.js';
import type { Module } from '../nn/index.js';
import { type Tensor, tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { gradientOf, occlusionOf } from './decisive.js';
import type { Examples } from './examples.js';
import { featuresOf, nameOf } from './features.js';
import { weightsOf } from './kernels.js';
import type { MakeNetwork } from './networks.js';
import { packed } from './packed.js';
import type {
  Cell,
  Confusion,
  Decisive,
  Detail,
  Features,
  TestImage,
  Weights,
} from './page/contract.js';
import { detailOf, type ShownRun } from './shownRun.js';
import { cellOf, confusionOf, type Tested, testAll } from './tested.js';
import { Viewer } from './viewer.js';

/** What is looked at: bytes that somebody sent, or a test image by its number. */
export type Picture = { readonly bytes: Uint8Array } | { readonly index: number };

type Input = [number, number, number];

const mostTested = 24;

/** What can be seen of a run: its images, and what its network makes of them. */
export class View {
  readonly run: ShownRun;
  readonly #quick: Viewer;
  // A network of its own for what takes longer, so that who paints need not wait for it.
  readonly #slow: Viewer;
  readonly #tested = new Map<string, Promise<Tested>>();
  readonly #names: readonly string[] | undefined;

  constructor(run: ShownRun, make?: MakeNetwork, classes?: readonly string[]) {
    this.run = run;
    this.#names = classes;
    const trained = () => run.trained;
    this.#quick = new Viewer(trained, make);
    this.#slow = new Viewer(trained, make);
  }

  #classes(examples: Examples | undefined): readonly string[] {
    return this.#names ?? examples?.classes ?? [];
  }

  // Of names for another network's classes, none would be right.
  #requireNames(count: number): void {
    const { length = count } = this.#names ?? {};
    if (length === count) return;
    throw invalidArgument(
      `live: classes: expected ${count} names, one for each output of ${this.run.name}, got ${length}`,
    );
  }

  async detail(): Promise<Detail> {
    const shapes = await this.#withNetwork(undefined, (net) => {
      const examples = this.#examplesOrNone(net);
      return {
        input: inputOf(net, examples),
        images: examples?.count ?? 0,
        classes: this.#classes(examples),
      };
    }).catch((error) => {
      // Its curves can be shown all the same.
      if (error.code === undefined) throw error;
      return { input: [1, 28, 28] as const, images: 0, classes: this.#names ?? [] };
    });
    return detailOf(this.run, shapes);
  }

  #examplesOrNone(net: Module): Examples | undefined {
    try {
      return this.run.examples(net);
    } catch (error) {
      if ((error as { code?: string }).code === undefined) throw error;
      return undefined;
    }
  }

  async #withNetwork<T>(
    epoch: number | undefined,
    work: (net: Module) => T | Promise<T>,
  ): Promise<T> {
    return this.#quick.look(await this.run.weights(epoch), work);
  }

  features(picture: Picture, epoch: number | undefined): Promise<Features> {
    return this.#withNetwork(epoch, async (net) => {
      const examples = this.#examplesOrNone(net);
      const image = await imageOf(net, examples, picture);
      try {
        const found = onOneThread(() => featuresOf(net, image, this.#classes(examples)));
        this.#requireNames(found.scores.length);
        return found;
      } finally {
        image.dispose();
      }
    });
  }

  async decisive(
    picture: Picture,
    epoch: number | undefined,
    method: 'gradient' | 'occlusion',
  ): Promise<Decisive> {
    const viewer = method === 'gradient' ? this.#quick : this.#slow;
    return viewer.look(await this.run.weights(epoch), async (net) => {
      const examples = this.#examplesOrNone(net);
      const image = await imageOf(net, examples, picture);
      try {
        const found =
          method === 'gradient'
            ? onOneThread(() => gradientOf(net, image))
            : await occlusionOf(net, image);
        const { shape, values, predicted, score } = found;
        const label = nameOf(this.#classes(examples), predicted);
        return { shape, values: packed(values), label, score };
      } finally {
        image.dispose();
      }
    });
  }

  weights(epoch: number | undefined): Promise<Weights> {
    return this.#withNetwork(epoch, weightsOf);
  }

  async confusion(epoch: number | undefined): Promise<Confusion> {
    const { tested, classes } = await this.#test(epoch);
    this.#requireNames(tested.classes);
    return confusionOf(tested, classes);
  }

  async cell(epoch: number | undefined, actual: number, predicted: number): Promise<Cell> {
    const { tested } = await this.#test(epoch);
    return cellOf(tested, actual, predicted);
  }

  // Without an epoch: of the last whole one, for whose weights all that is asked is worked out once.
  async #test(epoch: number | undefined) {
    const weights = await this.run.weights(epoch ?? this.run.kept.at(-1));
    let found = this.#tested.get(weights.key);
    if (found === undefined) {
      found = this.#slow.look(weights, (net) => testAll(net, this.run.examples(net)));
      this.#tested.set(weights.key, found);
      found.catch(() => this.#tested.delete(weights.key));
      const [oldest] = this.#tested.keys();
      if (this.#tested.size > mostTested) this.#tested.delete(oldest!);
    }
    const tested = await found;
    const classes = await this.#withNetwork(epoch, (net) =>
      this.#classes(this.#examplesOrNone(net)),
    );
    return { tested, classes };
  }

  image(index: number): Promise<TestImage> {
    return this.#withNetwork(undefined, (net) => {
      const { shape, values, label } = this.run.examples(net).shown(index);
      return { shape, values: packed(values), label };
    });
  }

  /** Test images that stand for all: the first of each class. */
  async firstOfEachClass(): Promise<number[]> {
    const { tested } = await this.#test(undefined);
    const found = new Map<number, number>();
    tested.labels.forEach((label, index) => {
      if (!found.has(label)) found.set(label, index);
    });
    return [...found].sort(([a], [b]) => a - b).map(([, index]) => index);
  }
}

// Of what is painted, before any transform.
function inputOf(net: Module, examples: Examples | undefined): Input {
  const shape = examples?.rawShape ?? ownInputShape(net) ?? examples?.shown(0).shape ?? [1, 28, 28];
  if (shape.length === 3) return [...shape] as Input;
  return [1, 1, shape.reduce((product, size) => product * size, 1)];
}

/** A picture as the network takes it, `(1, C, H, W)`. @throws {TorchError} `ERR_IMAGE`, `ERR_NOT_FOUND` */
async function imageOf(
  net: Module,
  examples: Examples | undefined,
  picture: Picture,
): Promise<Tensor> {
  if ('index' in picture) {
    if (examples === undefined) throw new TorchError('ERR_NOT_FOUND', 'there are no test images');
    examples.shown(picture.index);
    return tidy(() => examples.batch([picture.index]).images.keep());
  }
  const input = inputOf(net, examples);
  const pixels = await pixelsOf(picture.bytes, input);
  return noGrad(() =>
    tidy(() => {
      const raw = tensor(pixels, { shape: [1, ...input] });
      const image =
        examples?.transformed(raw) ?? ownTransform(net, raw) ?? raw.to('float32').div(255);
      return image.detach().clone().keep();
    }),
  );
}

function ownTransform(net: Module, raw: Tensor): Tensor | undefined {
  const { transform } = net as { transform?: () => { forward(images: Tensor): Tensor } };
  return typeof transform === 'function' ? transform.call(net).forward(raw) : undefined;
}

async function pixelsOf(bytes: Uint8Array, [channels, height, width]: Input): Promise<Uint8Array> {
  const raw = channels * height * width;
  if (bytes.length === raw) return Uint8Array.from(bytes);
  if (channels !== 1) {
    throw new TorchError(
      'ERR_IMAGE',
      `expected ${raw} bytes, [${channels}, ${height}, ${width}], got ${bytes.length}`,
    );
  }
  const images = await imagesIn(bytes, 'the picture', { size: [height, width], invert: 'auto' });
  if (images.count !== 1) {
    throw new TorchError('ERR_IMAGE', `the picture: expected one image, found ${images.count}`);
  }
  return images.prepare(0);
}
