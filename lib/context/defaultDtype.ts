import { atMost } from '../argument/atMost.js';
import { oneOf } from '../argument/kind.js';
import type { DType } from '../native/dtype.js';
import { native } from '../native/load.js';

const allowed = oneOf('float16', 'bfloat16', 'float32', 'float64');

/**
 * The dtype of what is made of numbers where none is given, of parameters, and of the quotients and means of
 * integers; mirrors `torch.set_default_dtype`. All threads of the process share it. It is `'float32'` at first.
 *
 * @param dtype - `'float16'`, `'bfloat16'`, `'float32'` or `'float64'`.
 * @throws {TypeError} `ERR_INVALID_ARG` for any other.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_default_dtype.html
 * @example
 * torch.setDefaultDtype('float64');
 * const x = torch.ones(2);
 * torch.setDefaultDtype('float32');
 * [x.dtype, torch.ones(2).dtype]; // → [ 'float64', 'float32' ]
 */
export function setDefaultDtype(dtype: 'float16' | 'bfloat16' | 'float32' | 'float64'): void {
  atMost('setDefaultDtype', 1, arguments.length);
  native.setDefaultDtype(allowed.read('setDefaultDtype: dtype', dtype));
}

/**
 * What {@link setDefaultDtype} has set.
 *
 * @example
 * torch.getDefaultDtype(); // → 'float32'
 */
export function getDefaultDtype(): DType {
  atMost('getDefaultDtype', 0, arguments.length);
  return native.getDefaultDtype();
}
