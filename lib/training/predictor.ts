import { scores } from '../engine/eager/eager.js';
import { type Asked, Looks } from '../engine/fused/looks.js';
import { type EngineChoice, refuse } from '../engine/fused/plan.js';
import type { FusedPrediction } from '../engine/fused/prediction.js';
import { turn } from '../engine/turn.js';
import { TorchError } from '../error.js';
import type { Module } from '../nn/index.js';
import { beginUse, refuseTrained } from '../observe/busy.js';
import { Fingerprint } from '../observe/fingerprint.js';
import { cat, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** One caller's images, and the promise it waits for. */
interface Request extends Asked {
  resolve(logits: Tensor): void;
  reject(error: unknown): void;
}

// Up to so many images are computed at once on the caller's thread: less than a millisecond, and
// sooner done than a thread is woken.
const mostAtOnce = 64;
const predictors = new WeakMap<Module, Predictor>();

/** Gathers the predictions that are asked of a model in one turn of the event loop. */
export class Predictor {
  readonly #net: Module;
  #waiting: Request[] = [];
  #known: Fingerprint;
  readonly #looks: Looks;

  constructor(net: Module) {
    this.#net = net;
    this.#known = new Fingerprint(net);
    this.#looks = new Looks(net, this.#known);
  }

  static of(net: Module): Predictor {
    let predictor = predictors.get(net);
    if (predictor === undefined) {
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

  /** Name of the device of the model's first parameter. */
  get device(): string | undefined {
    return this.#fingerprint.first?.deviceName;
  }

  predict(images: Tensor, engine: EngineChoice): Promise<Tensor> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ images, shape: images.shape, engine, resolve, reject });
    });
  }

  #flush(): void {
    const requests = this.#waiting;
    this.#waiting = [];
    if (requests.length === 1 && this.#answerAtOnce(requests[0]!)) return;
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
    const plan = this.#looks.last;
    if (plan === undefined || engine === 'eager' || shape[0]! > mostAtOnce) return false;
    try {
      const { modules } = this.#fingerprint;
      refuseTrained(modules, 'predict');
      const logits = plan.answer(images, shape, modules);
      if (logits === undefined) return false;
      resolve(logits);
    } catch (error) {
      reject(error);
    }
    return true;
  }

  // Requests for images of one kind.
  #run(kind: string, requests: readonly Request[]): void {
    try {
      const fingerprint = this.#fingerprint;
      refuseTrained(fingerprint.modules, 'predict');
      const fused = requests.filter(({ engine }) => engine !== 'eager');
      const decision = this.#looks.decide(kind, fused, fingerprint);
      if ('reason' in decision) {
        this.#runEagerly(requests, decision.reason);
        return;
      }
      const eager = requests.filter(({ engine }) => engine === 'eager');
      if (eager.length > 0) this.#runEagerly(eager, '');
      const count = fused.reduce((sum, { shape }) => sum + shape[0]!, 0);
      if (count <= mostAtOnce)
        settle(fused, decision.plan.runNow(fused.map(({ images }) => images)));
      else for (const request of fused) this.#runInBackground(request, decision.plan);
    } catch (error) {
      refuseAll(requests, error);
    }
  }

  #beginUse(): () => void {
    return beginUse(this.#net, 'predict', this.#known.modules);
  }

  #runInBackground({ images, resolve, reject }: Request, plan: FusedPrediction): void {
    const endUse = this.#beginUse();
    plan.run(images).finally(endUse).then(resolve, reject);
  }

  #runEagerly(requests: readonly Request[], reason: string): void {
    const passes = passesOf(requests).map((group) => ({ group, endUse: this.#beginUse() }));
    void this.#runPasses(passes, reason);
  }

  async #runPasses(passes: readonly Pass[], reason: string): Promise<void> {
    for (const { group, endUse } of passes) {
      // Callers are told when the model is let go of: they may train it at once.
      let tell: () => void;
      try {
        if (group[0]!.engine === 'fused') refuse('predict', reason);
        const logits = tidy(() => this.#scoresOf(group).map((each) => each.keep()));
        tell = () => settle(group, logits);
      } catch (error) {
        tell = () => refuseAll(group, error);
      }
      endUse();
      tell();
      await turn();
    }
  }

  #scoresOf(requests: readonly Request[]): Tensor[] {
    if (requests.length === 1) return [scores(this.#net, requests[0]!.images)];
    const all = scores(this.#net, cat(requests.map(({ images }) => images)));
    let end = 0;
    return requests.map(({ shape }) => {
      end += shape[0]!;
      return all.narrow(0, end - shape[0]!, shape[0]!);
    });
  }
}

/** Requests that are computed eagerly together, while the model is in use. */
interface Pass {
  readonly group: readonly Request[];
  readonly endUse: () => void;
}

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

// On a GPU a pass costs its launches, however many images there are: all that can go together.
function passesOf(requests: readonly Request[]): readonly (readonly Request[])[] {
  const together = requests.filter(
    ({ images, engine }) => images.deviceName !== 'cpu' && engine !== 'fused',
  );
  const alone = requests.filter((request) => !together.includes(request));
  const passes = alone.map((request) => [request]);
  return together.length > 0 ? [together, ...passes] : passes;
}
