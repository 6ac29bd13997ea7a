import type { Tensor } from '../tensor/index.js';

/** `torch.optim.SGD` of one group, and where it keeps its momentum; `undefined` without momentum. */
export interface SgdRule {
  readonly algorithm: 'sgd';
  readonly lr: number;
  readonly weightDecay: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly states: { readonly momentum?: string };
}

/** `torch.optim.Adam` or `AdamW` of one group, and where it keeps its means. */
export interface AdamRule {
  readonly algorithm: 'adam' | 'adamW';
  readonly lr: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly states: { readonly firstMoment: string; readonly secondMoment: string };
  /** Where steps are counted, of each parameter. */
  readonly count: string;
}

/**
 * A step in the words of the fused engine (`lenet_fused_optimizer` in native/fused/engine.h). States are named as
 * the optimizer itself names what it remembers of a parameter.
 */
export type FusedRule = SgdRule | AdamRule;

/** Steps that read nothing on the host, so that they can be captured once and repeated. */
export interface CapturableSteps {
  /** Makes what the first step would make. */
  prepare(): void;
  /**
   * One step, after {@link prepare} and without grad.
   * @param rates - The learning rate of each group, its `lr`: float32 `()` on the parameters' device.
   */
  stepWithRates(rates: readonly Tensor[]): void;
}
