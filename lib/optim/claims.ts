import { holds } from '../argument/holds.js';
import type { Optimizer } from './optimizer.js';
import type { CapturableSteps, FusedRule } from './rule.js';

// What a step consists of. Who changes one of these has to say anew who else may take the steps.
const members = ['step', 'zeroGrad', 'updateGroup', 'update', 'prepare', 'stepWithRates'] as const;

type Claim = 'fusedRule' | 'capturable';

function claims(optimizer: Optimizer<object>, claim: Claim, what: string): string | undefined {
  if (holds(optimizer, claim, members)) return undefined;
  const { name } = optimizer.constructor;
  if (optimizer[claim] === undefined) return `the optimizer ${name} ${what}`;
  return `the optimizer ${name} has a step of its own`;
}

/** What the fused engine is told of an optimizer with one group, or why it cannot take its place. */
export function fusedRuleOf(optimizer: Optimizer<object>): FusedRule | string {
  const problem = claims(optimizer, 'fusedRule', 'has no rule for the fused engine');
  if (problem !== undefined) return problem;
  if (optimizer.paramGroups.length !== 1) return 'the optimizer has several parameter groups';
  return optimizer.fusedRule!(optimizer.paramGroups[0]!);
}

/** An optimizer's steps for a capture, or why they cannot be captured. */
export function capturableSteps(optimizer: Optimizer<object>): CapturableSteps | string {
  const problem = claims(optimizer, 'capturable', 'does not say that its steps can be captured');
  return problem ?? optimizer.capturable!();
}
