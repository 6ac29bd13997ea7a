/** Optimizers whose numbers PyTorch has recorded: each is tested in all that optimizers have in common. */
export const optimizers = ['SGD', 'Adam', 'AdamW', 'RMSprop'] as const;

export type OptimizerName = (typeof optimizers)[number];
