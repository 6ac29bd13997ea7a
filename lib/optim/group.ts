import type { Tensor } from '../tensor/index.js';

/** Parameters with options of their own. */
export type ParamGroup<Options extends object> = Options & { params: Tensor[] };

/** What an optimizer remembers of one parameter. */
export type ParamState = Record<string, Tensor | null>;

/** In lists of one dtype on one device, as kernels take them. */
export function splitByKind(params: Tensor[]): Iterable<Tensor[]> {
  const kinds = new Map<string, Tensor[]>();
  for (const param of params) {
    const kind = `${param.deviceName} ${param.dtype}`;
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [param]);
    else alike.push(param);
  }
  return kinds.values();
}
