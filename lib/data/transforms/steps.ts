import { arange, stack, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Compose } from '../../transforms/compose.js';
import { isAlike, isPointwise, type Transform } from '../../transforms/transform.js';

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

/**
 * What a transform makes of a batch `(N, C, H, W)`: one that would change all of it alike is asked image by image,
 * `(C, H, W)`, as Python's data sets ask it.
 */
export function changed(transform: Transform, images: Tensor): Tensor {
  if (!isAlike(transform)) return transform.forward(images);
  return stack(images.unbind(0).map((image) => tidy(() => transform.forward(image))));
}
