import { instance, Kind } from '../argument/kind.js';
import type { DType } from '../native/dtype.js';
import { isDType } from './dtypes.js';
import { Tensor } from './tensor.js';

export const tensorKind = instance<Tensor>(Tensor, 'a Tensor');

export const dtypeKind = new Kind<DType>("a dtype such as 'float32'", (given) =>
  isDType(given) ? given : undefined,
);
