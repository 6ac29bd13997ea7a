import type { Tensor } from '../../tensor/index.js';

/**
 * What a table of 256 values makes of bytes, on any device: the values of `native.gather`, bit for bit
 * (a division by 255 would be a multiplication on the GPU).
 */
export function lookUp(bytes: Tensor, table: Tensor): Tensor {
  return table.indexSelect(0, entriesOf(bytes)).view(bytes.shape);
}

/** Which entries of a table bytes stand for: int32, flat. */
export const entriesOf = (bytes: Tensor): Tensor => bytes.reshape(-1).to('int32');
