/** How values of all ranks become one; mirrors `torch.distributed.ReduceOp`. */
export const ReduceOp = {
  SUM: 'sum',
  AVG: 'avg',
  PRODUCT: 'product',
  MIN: 'min',
  MAX: 'max',
  BAND: 'band',
  BOR: 'bor',
  BXOR: 'bxor',
} as const;

/** How an operation puts the tensors of all ranks together: one of {@link ReduceOp}'s values. */
export type ReduceOpName = (typeof ReduceOp)[keyof typeof ReduceOp];

/** In the order of native/distributed/interface.h. */
export const reduceOps: readonly ReduceOpName[] = Object.values(ReduceOp);
