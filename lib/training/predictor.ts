import { noGrad } from '../context/autograd.js';
import { type Pixels, pixelsToTensor } from '../data/images/batch.js';
import type { EngineChoice } from '../engine/choice.js';
import type { Prediction } from '../engine/engine.js';
import type { Asked } from '../engine/looks.js';
import { Predictions } from '../engine/predictions.js';
import { turn } from '../engine/turn.js';
import { TorchError } from '../error.js';
import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import { beginUse, refuseTrained } from '../observe/busy.js';
import { Fingerprint } from '../observe/fingerprint.js';
import { cat, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** One caller's images, and the promise it waits for. */
interface Request extends Asked {
  resolve(logits: Tensor): void;
  reject(error: unknown): void;
}

// A lone caller's images that are no tensor yet.
interface Held {
  readonly pixels: Pixels;
  readonly engine: EngineChoice;
  resolve(logits: Tensor): void;
  reject(error: unknown): void;
}

const predictors = new WeakMap<Module, Predictor>();

/** Gathers the predictions that are asked of a model in one turn of the event loop. */
export class Predictor {
  readonly #net: Module;
  #waiting: Request[] = [];
  #held: Held | undefined;
  // The values of what is held, copied: the caller may change his own at once.
  #copy: Uint8Array | Float32Array = new Uint8Array(0);
  #known: Fingerprint;
  readonly #predictions: Predictions;

  constructor(net: Module) {
    this.#net = net;
    this.#known = new Fingerprint(net);
    this.#predictions = new Predictions(net, this.#known);
  }

  /** @throws {TypeError} `ERR_INVALID_ARG` for anything but a module. */
  static of(net: Module): Predictor {
    let predictor = predictors.get(net);
    if (predictor === undefined) {
      requireModule('predict', net);
      predictor = new Predictor(net);
      predictors.set(net, predictor);
    }
    return predictor;
  }

  // The model's parts as they are now.
  get #fingerprint(): Fingerprint {
    if (!this.#known.matches()) this.#known = new Fingerprint(this.#net);
    return this.#known;
  }

  // Name of the device of the model's first parameter; for a model without parameters, the CPU.
  get #device(): string {
    if (!native.hasCuda()) return 'cpu';
    return this.#fingerprint.first?.deviceName ?? 'cpu';
  }

  predict(images: Tensor, engine: EngineChoice): Promise<Tensor> {
    return new Promise((resolve, reject) => {
      this.#wake();
      this.#waiting.push({ images, shape: images.shape, engine, resolve, reject });
    });
  }

  /** As {@link predict}, for images that are no tensor yet. */
  predictPixels(pixels: Pixels, engine: EngineChoice): Promise<Tensor> {
    if (!this.#isAwake && this.#isTaken(pixels, engine)) {
      return new Promise((resolve, reject) => {
        this.#wake();
        this.#held = { pixels: this.#copied(pixels), engine, resolve, reject };
      });
    }
    const images = pixelsToTensor(pixels, this.#device);
    return this.predict(images, engine).finally(() => images.dispose());
  }

  /**
   * As {@link predictPixels}, for a caller that has gathered requests itself: what is computed at once is computed
   * before this returns, and the values are not copied.
   */
  predictGathered(pixels: Pixels, engine: EngineChoice): Promise<Tensor> {
    if (this.#isAwake) return this.predictPixels(pixels, engine);
    return new Promise((resolve, reject) => {
      const held = { pixels, engine, resolve, reject };
      if (this.#isTaken(pixels, engine)) this.#held = held;
      else this.#addAsTensor(held, this.#waiting);
      this.#flush();
    });
  }

  /** How many images the plan that held last computes in less than a millisecond, on the caller's thread. */
  mostAtOnce(engine: EngineChoice): number | undefined {
    return this.#predictions.lastFor(engine)?.atOnce;
  }

  get #isAwake(): boolean {
    return this.#held !== undefined || this.#waiting.length > 0;
  }

  #wake(): void {
    if (!this.#isAwake) setImmediate(() => this.#flush());
  }

  // Whether a lone request for these images can do without a tensor.
  #isTaken({ shape }: Pixels, engine: EngineChoice): boolean {
    const plan = this.#predictions.lastFor(engine);
    return plan !== undefined && shape[0] <= plan.atOnce && plan.takesPixels(shape);
  }

  #copied({ values, shape }: Pixels): Pixels {
    const isFloat = values instanceof Float32Array;
    if (values.length === this.#copy.length && isFloat === this.#copy instanceof Float32Array) {
      this.#copy.set(values);
    } else {
      this.#copy = isFloat ? new Float32Array(values) : new Uint8Array(values);
    }
    return { values: this.#copy, shape };
  }

  #flush(): void {
    const held = this.#held;
    this.#held = undefined;
    const requests = this.#waiting;
    this.#waiting = [];
    if (held !== undefined) {
      if (requests.length === 0 && this.#answerHeld(held)) return;
      this.#addAsTensor(held, requests);
    } else if (requests.length === 1 && this.#answerAtOnce(requests[0]!)) return;
    const kinds = new Map<string, Request[]>();
    for (const request of requests) {
      if (request.images.isDisposed) {
        const message = 'predict: the images have been released';
        request.reject(new TorchError('ERR_TENSOR_RELEASED', message));
        continue;
      }
      const kind = kindOf(request);
      const known = kinds.get(kind);
      if (known === undefined) kinds.set(kind, [request]);
      else known.push(request);
    }
    for (const [kind, each] of kinds) this.#run(kind, each);
  }

  // A lone caller with images as they were before: no more is done than has to be.
  #answerAtOnce({ images, shape, engine, resolve, reject }: Request): boolean {
    const plan = this.#predictions.lastFor(engine);
    if (plan === undefined || shape[0]! > plan.atOnce) return false;
    return this.#settleAtOnce((modules) => plan.answer(images, shape, modules), resolve, reject);
  }

  #answerHeld({ pixels, engine, resolve, reject }: Held): boolean {
    const plan = this.#predictions.lastFor(engine);
    if (plan === undefined || !plan.takesPixels(pixels.shape)) return false;
    return this.#settleAtOnce((modules) => plan.answerPixels(pixels, modules), resolve, reject);
  }

  #settleAtOnce(
    answer: (modules: readonly Module[]) => Tensor | undefined,
    resolve: (logits: Tensor) => void,
    reject: (error: unknown) => void,
  ): boolean {
    try {
      if (!this.#known.hasSameModules()) return false;
      const { modules } = this.#known;
      refuseTrained(modules, 'predict');
      const logits = answer(modules);
      if (logits === undefined) return false;
      resolve(logits);
    } catch (error) {
      reject(error);
    }
    return true;
  }

  #addAsTensor({ pixels, engine, resolve, reject }: Held, requests: Request[]): void {
    try {
      const images = pixelsToTensor(pixels, this.#device);
      const released =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          images.dispose();
          settle(value);
        };
      const settling = { resolve: released(resolve), reject: released(reject) };
      requests.unshift({ images, shape: pixels.shape, engine, ...settling });
    } catch (error) {
      reject(error);
    }
  }

  // Requests for images of one kind.
  #run(kind: string, requests: readonly Request[]): void {
    try {
      const fingerprint = this.#fingerprint;
      refuseTrained(fingerprint.modules, 'predict');
      for (const share of this.#predictions.share(kind, requests, fingerprint)) {
        if ('refusal' in share) refuseAll(share.requests, share.refusal);
        else this.#compute(share.requests, share.prediction);
      }
    } catch (error) {
      refuseAll(requests, error);
    }
  }

  #compute(requests: readonly Request[], prediction: Prediction): void {
    const count = requests.reduce((sum, { shape }) => sum + shape[0]!, 0);
    if (count <= prediction.atOnce) settle(requests, prediction.run(imagesOf(requests)));
    else if (prediction.runInBackground === undefined) this.#runInPasses(requests, prediction);
    else {
      const isSmall = ({ shape }: Request) => shape[0]! <= prediction.atOnce;
      const small = requests.filter(isSmall);
      if (small.length > 1) this.#runTogether(small, prediction.runInBackground.bind(prediction));
      for (const request of small.length > 1
        ? requests.filter((each) => !isSmall(each))
        : requests) {
        const { images, resolve, reject } = request;
        const endUse = this.#beginUse();
        prediction.runInBackground(images).finally(endUse).then(resolve, reject);
      }
    }
  }

  // One thread for all callers with few images.
  #runTogether(requests: readonly Request[], run: (images: Tensor) => Promise<Tensor>): void {
    const endUse = this.#beginUse();
    const images = noGrad(() => cat(imagesOf(requests))).keep();
    const done = () => {
      images.dispose();
      endUse();
    };
    run(images)
      .finally(done)
      .then(
        (logits) => {
          settle(requests, sharesOf(logits, requests));
          logits.dispose();
        },
        (error) => refuseAll(requests, error),
      );
  }

  #beginUse(): () => void {
    return beginUse(this.#net, 'predict', this.#known.modules);
  }

  #runInPasses(requests: readonly Request[], prediction: Prediction): void {
    const passes = passesOf(requests).map((group) => ({ group, endUse: this.#beginUse() }));
    void runPasses(passes, prediction);
  }
}

/** {@link Predictor.predictGathered} of a network. */
export const predictGathered = (
  net: Module,
  pixels: Pixels,
  engine: EngineChoice,
): Promise<Tensor> => Predictor.of(net).predictGathered(pixels, engine);

/** {@link Predictor.mostAtOnce} of a network. */
export const mostAtOnce = (net: Module, engine: EngineChoice): number | undefined =>
  Predictor.of(net).mostAtOnce(engine);

/** Requests that are computed in one pass, while the model is in use. */
interface Pass {
  readonly group: readonly Request[];
  readonly endUse: () => void;
}

async function runPasses(passes: readonly Pass[], prediction: Prediction): Promise<void> {
  for (const { group, endUse } of passes) {
    // Callers are told when the model is let go of: they may train it at once.
    let tell: () => void;
    try {
      const logits = prediction.run(imagesOf(group));
      tell = () => settle(group, logits);
    } catch (error) {
      tell = () => refuseAll(group, error);
    }
    endUse();
    tell();
    await turn();
  }
}

// A copy for each, so that one caller's tensor does not hold (or share) everybody's.
function sharesOf(logits: Tensor, requests: readonly Request[]): Tensor[] {
  let first = 0;
  return requests.map(({ shape }) => {
    const count = shape[0]!;
    first += count;
    return tidy(() => noGrad(() => logits.narrow(0, first - count, count).clone())).keep();
  });
}

const imagesOf = (requests: readonly Request[]): Tensor[] => requests.map(({ images }) => images);

// Dtype, device and shape of one image.
function kindOf({ images, shape }: Request): string {
  return `${images.dtype} ${images.deviceName} ${shape.slice(1)}`;
}

function settle(requests: readonly Request[], logits: readonly Tensor[]): void {
  requests.forEach(({ resolve }, i) => {
    resolve(logits[i]!);
  });
}

function refuseAll(requests: readonly Request[], error: unknown): void {
  for (const { reject } of requests) reject(error);
}

// On a GPU a pass costs its launches, however many images there are: all of a kind go together.
function passesOf(requests: readonly Request[]): readonly (readonly Request[])[] {
  const isOnCpu = requests[0]!.images.deviceName === 'cpu';
  return isOnCpu ? requests.map((request) => [request]) : [requests];
}
