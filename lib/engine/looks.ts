import type { Module } from '../nn/index.js';
import type { Fingerprint } from '../observe/fingerprint.js';
import type { Tensor } from '../tensor/index.js';
import { deviceWords, type EngineChoice, unavailable } from './choice.js';
import type { Decision, Engine, Prediction } from './engine.js';

/** What is asked of a model. */
export interface Asked {
  readonly images: Tensor;
  readonly shape: readonly number[];
  readonly engine: EngineChoice;
}

// What was found out about a model for images of one kind. Whether a plan holds is seen at each prediction;
// whether there is another now, rarer the longer nothing comes of looking.
interface Look {
  readonly decision: Decision<Prediction>;
  readonly fingerprint: Fingerprint;
  readonly at: number;
  readonly restMs: number;
  /** Whether the plan has held since. */
  isOfUse: boolean;
}

const leastRestMs = 100;
const mostRestMs = 60_000;
// A look may take so much of the time.
const lookShare = 0.01;
// Kinds of images that are remembered.
const mostKinds = 8;

const changing = { reason: 'the forward pass does not do the same in each call' };

/** Which predictions of a model an engine computes: what it said of it, and when to ask again. */
export class Looks {
  readonly #net: Module;
  readonly engine: Engine;
  #fingerprint: Fingerprint;
  // By the kind of images.
  readonly #looks = new Map<string, Look>();
  /** What has held last. */
  last: Prediction | undefined;

  constructor(net: Module, engine: Engine, fingerprint: Fingerprint) {
    this.#net = net;
    this.engine = engine;
    this.#fingerprint = fingerprint;
  }

  /**
   * What computes requests that this engine may take, at least one.
   * @param kind - Of their images.
   * @param fingerprint - The model's parts as they are now.
   */
  predictionFor(
    kind: string,
    requests: readonly Asked[],
    fingerprint: Fingerprint,
  ): Decision<Prediction> {
    const [first] = requests as [Asked];
    this.#fingerprint = fingerprint;
    const { deviceType } = this.engine;
    if (deviceType !== undefined && !first.images.deviceName.startsWith(deviceType)) {
      return { reason: `the images are not on ${deviceWords[deviceType]}` };
    }
    if (requests.some(({ shape }) => shape[0] === 0)) return { reason: 'there are no images' };
    const known = this.#looks.get(kind);
    if (known !== undefined && this.#holds(known, requests)) return known.decision;
    const isAsked = requests.some(({ engine }) => engine === this.engine.name);
    if (known !== undefined && !isAsked && !this.#isDue(known)) {
      return 'reason' in known.decision ? known.decision : changing;
    }
    const look = this.#look(kind, first.images, known);
    return 'reason' in look.decision || this.#holds(look, requests) ? look.decision : changing;
  }

  // Callers with as many images are looked at once: nothing changes between them.
  #holds(look: Look, requests: readonly Asked[]): boolean {
    if ('reason' in look.decision) return false;
    const holds = this.#allHold(look.decision.plan, requests);
    if (holds) {
      look.isOfUse = true;
      this.last = look.decision.plan;
    }
    return holds;
  }

  #allHold(plan: Prediction, requests: readonly Asked[]): boolean {
    const { modules } = this.#fingerprint;
    const counts = new Set<number>();
    return requests.every(({ images, shape }) => {
      const [count] = shape as [number];
      if (counts.has(count)) return true;
      counts.add(count);
      return plan.holds(images, shape, modules);
    });
  }

  #isDue({ at, restMs, fingerprint }: Look): boolean {
    const hasChanged = fingerprint !== this.#fingerprint;
    return performance.now() - at >= (hasChanged ? Math.min(leastRestMs, restMs) : restMs);
  }

  #look(kind: string, images: Tensor, known: Look | undefined): Look {
    const start = performance.now();
    const decision = this.#plan(images);
    const at = performance.now();
    const rest = known === undefined || known.isOfUse ? leastRestMs : 2 * known.restMs;
    const restMs = Math.max((at - start) / lookShare, Math.min(rest, mostRestMs));
    const look = { decision, fingerprint: this.#fingerprint, at, restMs, isOfUse: false };
    this.#forget(kind);
    const [oldest] = this.#looks.keys();
    if (this.#looks.size === mostKinds) this.#forget(oldest!);
    this.#looks.set(kind, look);
    return look;
  }

  #plan(images: Tensor): Decision<Prediction> {
    try {
      return this.engine.planPrediction({ net: this.#net, images });
    } catch (error) {
      return { reason: unavailable(error) };
    }
  }

  #forget(kind: string): void {
    const decision = this.#looks.get(kind)?.decision;
    if (decision !== undefined && 'plan' in decision) {
      decision.plan.dispose();
      if (this.last === decision.plan) this.last = undefined;
    }
    this.#looks.delete(kind);
  }
}
