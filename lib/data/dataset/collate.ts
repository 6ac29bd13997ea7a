import { invalidArgument } from '../../error.js';
import { stack, Tensor, tensor } from '../../tensor/index.js';

// One part of the examples as one tensor. Its dtype follows from what the parts are, never from which
// numbers a batch happens to hold.
export function collate(parts: readonly unknown[], part: number): Tensor {
  if (parts.every((each) => each instanceof Tensor)) return stack(parts as Tensor[]);
  const isNumber = (each: unknown) => typeof each === 'number' || typeof each === 'bigint';
  if (!parts.every(isNumber)) return tensor(parts as number[]);
  const fraction = parts.find((each) => typeof each === 'number' && !Number.isInteger(each));
  if (fraction !== undefined) {
    throw invalidArgument(
      `DataLoader: part ${part} of the examples: numbers become int64, as labels are, got ${fraction}; ` +
        `[${fraction}] and torch.tensor(${fraction}) become float32`,
    );
  }
  return tensor(parts as (number | bigint)[], { dtype: 'int64' });
}
