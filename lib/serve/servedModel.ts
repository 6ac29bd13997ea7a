import { FashionMNIST } from '../data/index.js';
import { objectiveOf, ownObjective } from '../engine/objective.js';
import { invalidArgument } from '../error.js';
import type { ImageModel } from '../models/imageModel.js';
import { ownInputShape } from '../models/imageModel.js';
import { LeNet } from '../models/lenet.js';
import { LeNet5 } from '../models/lenet5.js';
import type { Module } from '../nn/index.js';
import { type Tensor, tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { predict } from '../training/predict.js';
import { mostAtOnce, predictGathered } from '../training/predictor.js';
import { ToTensor, type Transform } from '../transforms/index.js';
import type { Settings } from './options.js';

/** Rows of outputs, side by side: `count · classes` numbers. */
export type Rows = Float32Array;

/** A network as it is served: what it takes, and what its outputs mean. */
export class ServedModel {
  readonly net: Module;
  /** `[C, H, W]` of what the network takes. */
  readonly shape: readonly [number, number, number];
  /** `[C, H, W]` of bytes that become that. */
  readonly pixelShape: readonly [number, number, number];
  readonly name: string;
  /** Known when it has answered. */
  classes: readonly string[] = [];
  readonly #settings: Settings;
  readonly #transform: Transform | undefined;

  constructor(net: Module, settings: Settings) {
    this.net = net;
    this.#settings = settings;
    const own = ownInputShape(net);
    this.shape =
      settings.shape ?? (own?.length === 3 ? (own as ServedModel['shape']) : [1, 28, 28]);
    const transform = settings.shape === undefined ? transformOf(net) : undefined;
    // Bytes as they are need none: they mean 0–1.
    this.#transform = transform instanceof ToTensor ? undefined : transform;
    this.pixelShape = transform === undefined ? this.shape : [1, 28, 28];
    this.name = settings.name ?? net.constructor.name.toLowerCase().replace(/[^\w.-]/g, '_');
  }

  /** Values of one image as bytes. */
  get pixels(): number {
    const [channels, height, width] = this.pixelShape;
    return channels * height * width;
  }

  /** Values of one image as the network takes it. */
  get values(): number {
    const [channels, height, width] = this.shape;
    return channels * height * width;
  }

  /**
   * How many images together are computed best. What one thread does in less than a millisecond it does at once: waking others
   * costs more than it brings where they have much else to do, such as HTTP.
   */
  get bestBatch(): number {
    return mostAtOnce(this.net, this.#settings.engine ?? 'auto') ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Has the network answer for the first time.
   * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED`, `ERR_LIBTORCH`, …: what `predict` throws.
   * @throws {TypeError} `ERR_INVALID_ARG` for outputs of another form, or another number of classes.
   */
  async begin(): Promise<void> {
    const images = new Uint8Array(this.pixels);
    const found = await this.#outputs(images, 1);
    const { shape, dtype } = found;
    found.dispose();
    if (shape.length !== 2 || shape[0] !== 1 || dtype !== 'float32') {
      throw invalidArgument(
        `serve: net: expected float32 outputs (1, K) for one image, got ${dtype} [${shape}]`,
      );
    }
    const [, count] = shape as [number, number];
    const { classes = ownClasses(this.net, count) } = this.#settings;
    if (classes.length !== count) {
      throw invalidArgument(
        `serve: classes: expected ${count} names, one for each output, got ${classes.length}`,
      );
    }
    this.classes = classes;
  }

  /** What is largest for the likeliest class, for images as bytes. */
  async scores(images: Uint8Array, count: number): Promise<Rows> {
    const outputs = await this.#outputs(images, count);
    try {
      if (ownObjective(this.net) === undefined) return rowsOf(outputs);
      return tidy(() => rowsOf(objectiveOf(this.net).scores(outputs)));
    } finally {
      outputs.dispose();
    }
  }

  /** What `forward` gives, for images as the network takes them. */
  async outputs(images: Float32Array, count: number): Promise<Rows> {
    const outputs = await this.#predict(images, count);
    try {
      return rowsOf(outputs);
    } finally {
      outputs.dispose();
    }
  }

  #outputs(images: Uint8Array, count: number): Promise<Tensor> {
    const transform = this.#transform;
    if (transform === undefined) return this.#predict(images, count);
    const { engine } = this.#settings;
    const device = [...this.net.parameters()][0]?.deviceName ?? 'cpu';
    const ready = tidy(() => {
      const shaped = tensor(images, { shape: [count, ...this.pixelShape] });
      return transform.forward(shaped).to(device);
    }).keep();
    return predict(this.net, ready, { engine }).finally(() => ready.dispose());
  }

  #predict(values: Uint8Array | Float32Array, count: number): Promise<Tensor> {
    return predictGathered(
      this.net,
      { values, shape: [count, ...this.shape] },
      this.#settings.engine ?? 'auto',
    );
  }
}

const rowsOf = (outputs: Tensor): Rows => outputs.data() as Rows;

function transformOf(net: Module): Transform | undefined {
  const { transform } = net as Module & Partial<Pick<ImageModel, 'transform'>>;
  return typeof transform === 'function' ? transform.call(net) : undefined;
}

function ownClasses(net: Module, count: number): readonly string[] {
  const isChapters = net instanceof LeNet || net instanceof LeNet5;
  const { classes } = FashionMNIST;
  return isChapters && count === classes.length
    ? classes
    : Array.from({ length: count }, (_, i) => String(i));
}
