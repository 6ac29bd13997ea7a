import { invalidArgument, TorchError } from '../error.js';
import type { Module } from '../nn/index.js';
import { Answers } from './answers.js';
import { Batcher } from './batcher.js';
import { Measures } from './measures.js';
import type { Settings } from './options.js';
import { ServedModel } from './servedModel.js';

// Bodies of the largest size that may be there at a time.
const mostBodies = 64;

/** A network that is served: its queues, and whether it takes requests. */
export class Service {
  readonly settings: Settings;
  readonly measures: Measures;
  /** Of images as bytes, which `POST /predict` takes. */
  readonly pixels: Batcher<Uint8Array>;
  /** Of values as the network takes them, which the protocol has. */
  readonly values: Batcher<Float32Array>;
  /** Settles when the model has answered for the first time. */
  readonly ready: Promise<void>;
  #model: ServedModel;
  #answers: Answers | undefined;
  #isReady = false;
  #isDraining = false;
  #inFlight = 0;
  // Bytes of bodies.
  #held = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(net: Module, settings: Settings) {
    this.settings = settings;
    const model = new ServedModel(net, settings);
    this.#model = model;
    this.measures = new Measures(() => this.waiting);
    const { maxBatch, maxDelay } = settings;
    const limits = { maxBatch, maxDelay, bestBatch: () => this.#model.bestBatch };
    this.pixels = new Batcher<Uint8Array>(
      (length) => new Uint8Array(length),
      (images, count) => this.#model.scores(images, count),
      limits,
      this.measures,
    );
    this.values = new Batcher<Float32Array>(
      (length) => new Float32Array(length),
      (images, count) => this.#model.outputs(images, count),
      limits,
      this.measures,
    );
    this.ready = model.begin().then(() => {
      this.#answers = new Answers(model.classes);
      this.#isReady = true;
    });
    this.ready.catch(() => {});
  }

  get model(): ServedModel {
    return this.#model;
  }

  /** @throws Never once {@link ready} has resolved. */
  get answers(): Answers {
    return this.#answers!;
  }

  /** Images that are not being computed yet. */
  get waiting(): number {
    return this.pixels.waiting + this.values.waiting;
  }

  get isReady(): boolean {
    return this.#isReady && !this.#isDraining;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  async use(net: Module): Promise<void> {
    await this.ready;
    const { name } = this.#model;
    const next = new ServedModel(net, { ...this.settings, name });
    if (String(next.shape) !== String(this.#model.shape)) {
      throw invalidArgument(
        `serve: net: expected one for images [${this.#model.shape}], as it was, got one for [${next.shape}]`,
      );
    }
    await next.begin();
    if (next.classes.length !== this.#model.classes.length) {
      throw invalidArgument(
        `serve: net: expected ${this.#model.classes.length} classes, as it were, got ${next.classes.length}`,
      );
    }
    this.#model = next;
    await Promise.all([this.pixels.settled(), this.values.settled()]);
  }

  /** @throws {TorchError} `ERR_MODEL_UNFIT` where the model cannot be served. */
  async untilReady(): Promise<void> {
    if (this.#isReady) return;
    await this.ready.catch((error) => {
      const { message } = error as Error;
      const what = `this model cannot be served: ${message}`;
      throw new TorchError('ERR_MODEL_UNFIT', what, { cause: error });
    });
  }

  /**
   * Sets memory aside for a body until its request is answered: so many clients at once could else fill it, each within
   * the limit.
   *
   * @param length - As the request says it; a body of unknown length may be as large as any.
   * @returns How much, for {@link release}.
   * @throws {TorchError} `ERR_OVERLOADED`.
   */
  hold(length: string | undefined): number {
    const { bodyLimit } = this.settings;
    const size = length === undefined ? bodyLimit : Math.min(Number(length), bodyLimit);
    if (this.#held + size > mostBodies * bodyLimit) {
      throw new TorchError('ERR_OVERLOADED', 'too many bodies are being read: try again later');
    }
    this.#held += size;
    return size;
  }

  release(size: number): void {
    this.#held -= size;
  }

  /** A request begins, which `leave` ends. */
  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
    if (this.#inFlight > 0) return;
    for (const settle of this.#onIdle.splice(0)) settle();
  }

  drain(): Promise<void> {
    this.#isDraining = true;
    return new Promise((resolve) => {
      if (this.#inFlight === 0) resolve();
      else this.#onIdle.push(resolve);
    });
  }

  /** Refuses images that would not fit into the queue, before they are decoded. @throws {TorchError} `ERR_OVERLOADED`. */
  requirePlace(count: number): void {
    const { maxQueue } = this.settings;
    if (count > maxQueue) {
      throw new TorchError(
        'ERR_BODY_TOO_LARGE',
        `expected at most ${maxQueue} images, found ${count}`,
      );
    }
    if (this.waiting + count > maxQueue) {
      throw new TorchError(
        'ERR_OVERLOADED',
        `${this.waiting} images wait already: try again later`,
      );
    }
  }
}
