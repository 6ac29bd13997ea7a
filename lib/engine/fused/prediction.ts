import { noGrad } from '../../context/autograd.js';
import type { Pixels } from '../../data/images/batch.js';
import { native } from '../../native/load.js';
import type { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import type { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import type { Prediction } from '../engine.js';
import { hasUsableParameters, type TrailedChain } from './chain.js';
import { applySteps, pixelTable, type Session, sessionOf } from './session.js';

// Multiply-adds of a millisecond on one thread of a processor of the slower sort, and less than half of one on most.
const mostWorkAtOnce = 54e6;

/** A model's scores for images of one kind, computed by the fused engine. */
export class FusedPrediction implements Prediction {
  readonly atOnce: number;
  readonly #net: Module;
  readonly #chain: TrailedChain;
  readonly #table: Tensor | undefined;
  #session: Session;

  /** @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` for a network beyond the engine's bounds. */
  constructor(net: Module, chain: TrailedChain) {
    this.#net = net;
    this.#chain = chain;
    this.#session = sessionOf(net, chain);
    this.atOnce = Math.floor(mostWorkAtOnce / this.#session.work);
    this.#table = chain.dtype === 'uint8' ? pixelTable(chain, undefined) : undefined;
  }

  // The forward pass's JavaScript runs, nothing is computed. The weights are taken as they are now.
  holds(images: Tensor, shape: readonly number[], modules: readonly Module[]): boolean {
    if (!this.#leads(images, shape, modules)) return false;
    if (this.#session.isCurrent && this.#session.fits(this.#chain)) return true;
    if (!hasUsableParameters(this.#chain, false)) return false;
    this.#session = sessionOf(this.#net, this.#chain);
    return true;
  }

  #leads(images: Tensor, shape: readonly number[], modules: readonly Module[]): boolean {
    const { trail } = this.#chain;
    const forward = () => this.#net.forward(images);
    return this.#asToPredict(() => trail.leads(images, shape, forward), modules);
  }

  // As noGrad(), without its look at the function: a lone request finds no code in any cache.
  #asToPredict(follow: () => boolean, modules: readonly Module[]): boolean {
    const before = native.setGradEnabled(false);
    try {
      return inEvalMode(this.#net, follow, modules);
    } finally {
      native.setGradEnabled(before);
    }
  }

  answer(images: Tensor, shape: readonly number[], modules: readonly Module[]): Tensor | undefined {
    if (!this.#isReady(images) || !this.#leads(images, shape, modules)) return undefined;
    return native.predictFusedNow(this.#session.engine, [images], this.#table)?.[0];
  }

  takesPixels([, channels, height, width]: Pixels['shape']): boolean {
    const { dtype, image, pixelSteps } = this.#chain;
    return (
      dtype === 'float32' &&
      pixelSteps.length === 0 &&
      channels === image[0] &&
      height === image[1] &&
      width === image[2]
    );
  }

  // The forward pass is given a hollow tensor.
  answerPixels({ values, shape }: Pixels, modules: readonly Module[]): Tensor | undefined {
    const { trail } = this.#chain;
    const forward = (images: Tensor) => this.#net.forward(images);
    const follow = () => trail.leadsFor(shape[0], forward);
    if (!this.#asToPredict(follow, modules)) return undefined;
    return native.predictFusedPixels(this.#session.engine, values, shape[0]);
  }

  run(images: readonly Tensor[]): Tensor[] {
    return tidy(() => {
      const ready = images.map((each) => this.#prepare(each));
      const logits = native.predictFusedNow(this.#session.engine, ready, this.#table)!;
      return logits.map((each) => each.keep());
    });
  }

  async runInBackground(images: Tensor): Promise<Tensor> {
    const session = this.#session;
    session.users++;
    try {
      return await tidy(() =>
        native.predictFused(session.engine, this.#prepare(images), this.#table),
      );
    } finally {
      session.users--;
    }
  }

  #isReady(images: Tensor): boolean {
    const isTable = this.#table !== undefined;
    return images.isContiguous() && (isTable || this.#chain.pixelSteps.length === 0);
  }

  // What the first convolution takes, or bytes for the table: by the forward pass's own operators.
  #prepare(images: Tensor): Tensor {
    const isTable = this.#table !== undefined;
    return noGrad(() => (isTable ? images : applySteps(this.#chain, images)).contiguous());
  }

  dispose(): void {
    this.#table?.dispose();
  }
}
