import { invalidArgument } from '../error.js';
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

// Labels of another shape would be compared by broadcasting, and more right answers counted than there
// are examples.
function requireLabels(output: Tensor, labels: Tensor): void {
  const { shape } = output;
  if (labels.ndim !== 1 || labels.shape[0] !== shape[0]) {
    throw invalidArgument(
      `labels: expected one class for each row of outputs, [${shape[0]}], got [${labels.shape}] for outputs [${shape}]`,
    );
  }
  if (!/^u?int/.test(labels.dtype)) {
    throw invalidArgument(
      `labels: expected integers such as int64, got ${labels.dtype}; labels.to('int64') makes them`,
    );
  }
}

/** An objective with what follows from it. Labels that are no classes, one for each example, are errors. */
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
  const hits = (output: Tensor, labels: Tensor): Tensor => {
    const all = scores(output);
    if (all.ndim !== 2) {
      throw invalidArgument(`scores: expected (N, K), one row for each image, got [${all.shape}]`);
    }
    requireLabels(all, labels);
    return all.argmax({ dim: 1 }).eq(labels);
  };
  return {
    forward: (output, labels) => {
      // Before a step is taken: right answers are counted after it.
      requireLabels(output, labels);
      return own.forward(output, labels);
    },
    scores,
    hits,
    right: (output, labels) => hits(output, labels).sum(),
  };
}
