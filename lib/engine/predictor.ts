import { TorchError } from '../error.js';
import { native } from '../native.js';
import type { Module } from '../nn/index.js';
import { tidy } from '../scope.js';
import { cat, type Tensor } from '../tensor/index.js';
import { beginUse, refuseTrained } from './busy.js';
import { Misfit } from './chain.js';
import { scores } from './eager.js';
import { Fingerprint } from './fingerprint.js';
import { inEvalMode } from './mode.js';
import { chainOf, type Decision, type EngineChoice, orReason, refuse } from './plan.js';
import { pixelTable, type Session, sessionOf } from './session.js';
import { turn } from './turn.js';

/** One caller's images, and the promise it waits for. */
interface Request {
  readonly images: Tensor;
  readonly count: number;
  /** Dtype, device and shape of one image. */
  readonly kind: string;
  readonly engine: EngineChoice;
  resolve(logits: Tensor): void;
  reject(error: unknown): void;
}

// Up to so many images are computed at once on the caller's thread: less than a millisecond, and
// sooner done than a thread is woken.
const mostAtOnce = 64;
// A forward pass may depend on what a fingerprint does not see: after so long it is looked at again.
const trustedMs = 100;

// What was found out about a model for images of one kind.
interface Route {
  readonly kind: string;
  readonly fingerprint: Fingerprint;
  readonly foundAt: number;
  readonly decision: Decision<Plan>;
}

interface Plan {
  session: Session;
  readonly table: Tensor | undefined;
}

const predictors = new WeakMap<Module, Predictor>();

/** Gathers the predictions that are asked of a model in one turn of the event loop. */
export class Predictor {
  readonly #net: Module;
  #waiting: Request[] = [];
  #route: Route | undefined;

  constructor(net: Module) {
    this.#net = net;
  }

  static of(net: Module): Predictor {
    let predictor = predictors.get(net);
    if (predictor === undefined) {
      predictor = new Predictor(net);
      predictors.set(net, predictor);
    }
    return predictor;
  }

  predict(images: Tensor, engine: EngineChoice): Promise<Tensor> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      const [count, ...image] = images.shape as [number, ...number[]];
      const kind = `${images.dtype} ${images.deviceName} ${image}`;
      this.#waiting.push({ images, count, kind, engine, resolve, reject });
    });
  }

  #flush(): void {
    const requests = this.#waiting;
    this.#waiting = [];
    const together: Request[] = [];
    let count = 0;
    for (const request of requests) {
      try {
        if (request.images.isDisposed) {
          throw new TorchError('ERR_TENSOR_RELEASED', 'predict: the images have been released');
        }
        if (together.length === 0 || together[0]!.kind === request.kind) {
          together.push(request);
          count += request.count;
        } else {
          this.#run([request], request.count);
        }
      } catch (error) {
        request.reject(error);
      }
    }
    if (together.length > 0) this.#run(together, count);
  }

  // Requests for images of one kind.
  #run(requests: readonly Request[], count: number): void {
    try {
      const { decision, fingerprint } = this.#routeFor(requests[0]!);
      const fused = 'plan' in decision ? requests.filter(({ engine }) => engine !== 'eager') : [];
      if ('plan' in decision && fused.length === requests.length && count <= mostAtOnce) {
        refuseTrained(fingerprint.modules, 'predict');
        this.#runNow(requests, decision.plan);
        return;
      }
      const endUse = beginUse(this.#net, 'predict', fingerprint.modules);
      const rest = requests.filter((request) => !fused.includes(request));
      const reason = 'reason' in decision ? decision.reason : '';
      const work = [this.#runEagerly(rest, reason)];
      if ('plan' in decision) work.push(this.#runInBackground(fused, decision.plan));
      void Promise.all(work).finally(endUse);
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }

  #routeFor({ images, kind }: Request): Route {
    const known = this.#route;
    if (
      known?.kind === kind &&
      performance.now() - known.foundAt < trustedMs &&
      known.fingerprint.matches()
    ) {
      return known;
    }
    const decision = inEvalMode(this.#net, () => decide(this.#net, images));
    if (known !== undefined && 'plan' in known.decision) known.decision.plan.table?.dispose();
    const fingerprint = new Fingerprint(this.#net);
    this.#route = { kind, decision, fingerprint, foundAt: performance.now() };
    return this.#route;
  }

  // The engine with the weights as they are now; it is looked for only when they have changed.
  #sessionOf(plan: Plan): Session {
    if (!plan.session.isCurrent) plan.session = sessionOf(this.#net, plan.session.chain);
    return plan.session;
  }

  #runNow(requests: readonly Request[], plan: Plan): void {
    const images = requests.map((request) => contiguous(request.images));
    const logits = native.predictFusedNow(this.#sessionOf(plan).engine, images, plan.table);
    requests.forEach(({ resolve }, i) => {
      resolve(logits[i]!);
    });
  }

  async #runInBackground(requests: readonly Request[], plan: Plan): Promise<void> {
    const session = this.#sessionOf(plan);
    session.users++;
    const all = requests.map(({ images, resolve, reject }) =>
      native.predictFused(session.engine, contiguous(images), plan.table).then(resolve, reject),
    );
    await Promise.all(all);
    session.users--;
  }

  async #runEagerly(requests: readonly Request[], reason: string): Promise<void> {
    for (const group of passesOf(requests)) {
      try {
        if (group[0]!.engine === 'fused') refuse('predict', reason);
        const logits = tidy(() => this.#scoresOf(group).map((each) => each.keep()));
        group.forEach(({ resolve }, i) => {
          resolve(logits[i]!);
        });
        await turn();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
  }

  #scoresOf(requests: readonly Request[]): Tensor[] {
    if (requests.length === 1) return [scores(this.#net, requests[0]!.images)];
    const all = scores(this.#net, cat(requests.map(({ images }) => images)));
    let end = 0;
    return requests.map(({ count }) => {
      end += count;
      return all.narrow(0, end - count, count);
    });
  }
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

const contiguous = (images: Tensor): Tensor =>
  images.isContiguous() ? images : images.contiguous();

function decide(net: Module, images: Tensor): Route['decision'] {
  if (images.deviceName !== 'cpu') return { reason: 'the images are not on the CPU' };
  if (images.shape[0] === 0) return { reason: 'there are no images' };
  return orReason<Plan>(() => {
    const chain = tidy(() => chainOf(net, images.detach(), false));
    if (chain instanceof Misfit) return { reason: chain.reason };
    const table = chain.dtype === 'uint8' ? pixelTable(chain, undefined) : undefined;
    return { plan: { session: sessionOf(net, chain), table } };
  });
}
