import { arange, type Tensor } from '../../tensor/index.js';
import { isPointwise, type Transform } from './transform.js';
import { Compose } from './transforms.js';

/** A transform for a data set of bytes: a look-up for what concerns single pixels, then the rest. */
export interface Steps {
  /** The results of the first steps for the 256 values of a byte, float32 `(256)`, kept. */
  readonly table: Tensor | undefined;
  readonly rest: Transform | undefined;
}

/** Takes as many of the first steps as a table can stand for. */
export function stepsOf(transform: Transform): Steps {
  const isChain = transform instanceof Compose && transform.forward === Compose.prototype.forward;
  const all = isChain ? transform.transforms : [transform];
  const found = all.findIndex((each) => !isPointwise(each));
  const count = found < 0 ? all.length : found;
  const table = count > 0 ? tableOf(new Compose(all.slice(0, count))) : undefined;
  if (table === undefined) return { table, rest: transform };
  return { table, rest: count < all.length ? new Compose(all.slice(count)) : undefined };
}

function tableOf(transform: Transform): Tensor | undefined {
  const values = transform.forward(arange(256).to('uint8').view(256, 1, 1, 1));
  const fits = values.dtype === 'float32' && values.numel() === 256;
  return fits ? values.reshape(256).keep() : undefined;
}
