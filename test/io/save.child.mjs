// Saves what scripts/reference.py has recorded Python's view of: node save.child.mjs FOLDER
import { join } from 'node:path';

import * as torch from '../../dist/index.js';

const folder = process.argv[2];
const range = torch.arange(12).reshape(3, 4);
const shared = torch.tensor([1.5, -2]);
const dtypes = [
  ...['bool', 'uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'],
  ...['float16', 'bfloat16', 'float32', 'float64', 'complex64', 'complex128'],
  ...['float8_e4m3fn', 'float8_e4m3fnuz', 'float8_e5m2', 'float8_e5m2fnuz', 'float8_e8m0fnu'],
];
const tensors = Object.fromEntries(
  dtypes.map((dtype) => [dtype, torch.tensor([1, 2, 0.5]).to(dtype)]),
);
const state = {
  scalar: torch.tensor(7n),
  empty: torch.zeros(0, 3),
  column: range.at(':', 1),
  transposed: range.transpose(0, 1),
  'λ "\n': torch.ones(1, { requiresGrad: true }),
};
await torch.save(
  {
    tensors,
    state,
    shared: [shared, shared],
    tuple: Object.freeze([1, Object.freeze([]), Object.freeze(['a', null, true, 2.5, [3]])]),
    numbers: [0, -1, 255, 256, 2 ** 31, 2 ** 53 - 1, 2n ** 64n, -(2n ** 64n), 1e300, -0, 0.1],
    map: new Map([
      [0, 'zero'],
      ['one', 1],
      [null, 2],
    ]),
    set: new Set([1, 2]),
    bytes: new Uint8Array([0, 127, 200]),
    device: torch.device('cuda:1'),
    text: 'λ😀\0',
    many: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key ${i}`, torch.tensor(i)])),
  },
  join(folder, 'data.pt'),
);
const { complex128: _, float8_e8m0fnu: __, ...storable } = tensors;
await torch.save({ ...storable, ...state }, join(folder, 'data.safetensors'), {
  metadata: { step: '3' },
});
