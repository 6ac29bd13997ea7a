import { CrossEntropyLoss, Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';

/**
 * What a network is trained for and how its outputs are read. A network whose outputs are no logits
 * has one as its property `objective`; a loss module will do, where the largest output wins.
 */
export interface Objective {
  /** Loss of outputs `(N, K)` and labels `(N)`, a mean over N. */
  forward(output: Tensor, labels: Tensor): Tensor;
  /** What is largest for the predicted class, `(N, K)`. Default: the outputs themselves. */
  scores?(output: Tensor): Tensor;
}

/** A network's own objective, if it has one. */
export function ownObjective(net: unknown): Objective | undefined {
  const { objective } = net as { objective?: Partial<Objective> };
  const has = net instanceof Module && typeof objective?.forward === 'function';
  return has ? (objective as Objective) : undefined;
}

/** An objective with what follows from it. */
export interface KnownObjective extends Required<Objective> {
  /** Which outputs are right, bool `(N)`. */
  hits(output: Tensor, labels: Tensor): Tensor;
  /** How many are, int64 `()`. */
  right(output: Tensor, labels: Tensor): Tensor;
}

/** The objective of a network: its own, or cross entropy of logits, of which the largest wins. */
export function objectiveOf(net: unknown): KnownObjective {
  const own: Objective = ownObjective(net) ?? new CrossEntropyLoss();
  const scores = (output: Tensor): Tensor => own.scores?.(output) ?? output;
  const hits = (output: Tensor, labels: Tensor): Tensor =>
    scores(output).argmax({ dim: 1 }).eq(labels);
  return {
    forward: (output, labels) => own.forward(output, labels),
    scores,
    hits,
    right: (output, labels) => hits(output, labels).sum(),
  };
}
