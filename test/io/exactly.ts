import { Tensor } from '../../lib/index.js';
import { bytesOf } from '../../lib/tensor/bytes.js';

/** What scripts/reference.py has recorded of a value: tensors bit by bit, kinds with a name. */
export type Exactly = unknown;

/** One of our values in the form that scripts/recording/exactly.py gives. */
export function exactly(value: unknown): Exactly {
  if (value instanceof Tensor) {
    const bytes = value.numel() === 0 ? '' : Buffer.from(bytesOf(value).data() as Uint8Array);
    const { dtype, shape, requiresGrad } = value;
    return { bytes: bytes.toString('hex' as never), dtype, shape, grad: requiresGrad };
  }
  if (value instanceof Uint8Array) return { uint8: [...value] };
  if (value instanceof Set) return { set: [...value].sort() };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) {
    const items = value.map(exactly);
    return Object.isFrozen(value) ? { tuple: items } : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return { dict: entries.map(([key, each]) => [key, exactly(each)]) };
}
