import type { TorchError } from '../error.js';
import type { Module } from '../nn/index.js';
import type { Fingerprint } from '../observe/fingerprint.js';
import { type EngineChoice, refusal } from './choice.js';
import { makeEngines } from './choose.js';
import type { Engine, Prediction } from './engine.js';
import { type Asked, Looks } from './looks.js';

/** Requests of one kind that are computed together, or refused. */
export type Share<Request> = { readonly requests: readonly Request[] } & (
  | { readonly prediction: Prediction }
  | { readonly refusal: TorchError }
);

/** The one place that decides who predicts with a model, and that refuses. */
export class Predictions {
  readonly #net: Module;
  /** Of the best engine first. */
  readonly #looks: readonly Looks[];
  /** Takes everything. */
  readonly #last: Engine;

  constructor(net: Module, fingerprint: Fingerprint) {
    this.#net = net;
    const engines = makeEngines().filter(({ isForPasses }) => !isForPasses);
    this.#last = engines.pop()!;
    this.#looks = engines.map((engine) => new Looks(net, engine, fingerprint));
  }

  /** What has held last, where the best engine may be asked. */
  lastFor(choice: EngineChoice): Prediction | undefined {
    const best = this.#looks[0];
    return choice === 'auto' || choice === best?.engine.name ? best?.last : undefined;
  }

  /**
   * Who computes which requests.
   * @param kind - Of their images.
   * @param fingerprint - The model's parts as they are now.
   */
  share<Request extends Asked>(
    kind: string,
    requests: readonly Request[],
    fingerprint: Fingerprint,
  ): Share<Request>[] {
    const shares: Share<Request>[] = [];
    let left = requests;
    for (const looks of this.#looks) {
      const { name } = looks.engine;
      const isFor = ({ engine }: Request): boolean => engine === 'auto' || engine === name;
      const asked = left.filter(isFor);
      if (asked.length === 0) continue;
      const decision = looks.predictionFor(kind, asked, fingerprint);
      if ('plan' in decision) {
        shares.push({ requests: asked, prediction: decision.plan });
        left = left.filter((request) => !isFor(request));
      } else {
        const named = asked.filter(({ engine }) => engine === name);
        const error = refusal('predict', name, decision.reason);
        if (named.length > 0) shares.push({ requests: named, refusal: error });
        left = left.filter(({ engine }) => engine !== name);
      }
    }
    if (left.length > 0) shares.push({ requests: left, prediction: this.#rest(left[0]!) });
    return shares;
  }

  #rest({ images }: Asked): Prediction {
    const decision = this.#last.planPrediction({ net: this.#net, images });
    if ('reason' in decision) throw refusal('predict', this.#last.name, decision.reason);
    return decision.plan;
  }
}
