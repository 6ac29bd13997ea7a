// Calls everything that the package exports with random arguments: whatever comes, it must throw or
// return, never crash. Usage: node fuzz.child.mjs SEED SECONDS LOG
import { closeSync, openSync, writeSync } from 'node:fs';
import { inspect } from 'node:util';

import * as torch from '../../dist/index.js';

const [seed, seconds, log] = process.argv.slice(2);
const file = openSync(log, 'w');

// A small generator of our own (mulberry32): the run can be repeated from its seed.
let state = Number(seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];

const dtypes = ['float32', 'int64', 'uint8', 'bool', 'float64', 'float16', 'bfloat16', 'int32'];
const shapes = [[], [0], [1], [3], [2, 3], [1, 1, 8, 8], [2, 6, 12, 12], [0, 5]];
const circular = [];
circular.push(circular);
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile getter');
    },
  },
);
const released = torch.ones(2);
released.dispose();
const selfReleasing = () => {
  const tensor = torch.ones([4]);
  return [
    tensor,
    {
      get dtype() {
        tensor.dispose();
        return 'int64';
      },
    },
  ];
};

const makers = [
  () => pick([0, 1, 2, 3, 5, -1, -2, 0.5, 28, 1000]),
  () => pick([Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308, -0]),
  () => pick([0n, 7n, 2n ** 63n - 1n, 2n ** 64n, -(2n ** 63n)]),
  () => pick([undefined, null, true, false, Symbol('s'), hostile, circular, released]),
  () =>
    pick(['', 'float32', 'int64', 'cpu', 'cuda', 'cuda:99', 'mean', 'sum', 'none', 'é'.repeat(50)]),
  () => torch.zeros(pick(shapes), { dtype: pick(dtypes) }),
  () => torch.rand(pick(shapes), { requiresGrad: random() < 0.5 }),
  () => torch.rand([4, 6]).t(),
  () => pick(shapes),
  () => [argument(), argument()],
  () => ({ dim: argument(), keepdim: argument(), dtype: pick(dtypes), shape: argument() }),
  () => ({ stride: argument(), padding: argument(), lr: argument(), batchSize: argument() }),
  () => pick([new Float32Array(3), new BigInt64Array(2), new Uint16Array(2), new ArrayBuffer(8)]),
  () =>
    pick([
      () => {},
      (x) => x,
      () => {
        throw new Error('callback');
      },
      async () => {},
    ]),
  () => pick([new torch.Generator(), torch.defaultGenerator, torch.device('cpu'), new Map(), /x/]),
  () => Object.create(torch.Tensor.prototype),
  () => pick(selfReleasing()),
];
function argument(depth = 0) {
  return depth > 3 ? 1 : pick(makers)(depth + 1);
}

// As PyTorch does, libtorch lists as many chunks of an empty tensor as are asked for: 2^31 are 16 GB.
const isTooMany = (name, args) =>
  name.endsWith('chunk') &&
  args.some((value) => /number|bigint/.test(typeof value) && Math.abs(Number(value)) > 1e6);

// Everything callable, with the object it is called on.
// `live` opens a server, with which the process would not end.
const skipped = new Set(['train', 'setNumThreads', 'loadDataFashionMnist', 'live']);
const targets = [];
const seen = new Set();
function collect(owner, path, depth) {
  if (seen.has(owner) || depth > 3) return;
  seen.add(owner);
  for (const key of Reflect.ownKeys(owner)) {
    if (typeof key !== 'string' || skipped.has(key) || key === 'constructor') continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
    const value = descriptor.value;
    const name = `${path}.${key}`;
    if (descriptor.get && !path.startsWith('torch.ops'))
      targets.push({ name, get: descriptor.get });
    if (descriptor.set) targets.push({ name: `${name}=`, call: descriptor.set });
    if (typeof value === 'function') {
      targets.push({ name, call: value, owner });
      if (/^[A-Z]/.test(key)) {
        targets.push({ name: `new ${name}`, construct: value });
        collect(value.prototype, `${name}.prototype`, depth + 1);
      }
    } else if (typeof value === 'object' && value !== null && key !== 'ops') {
      collect(value, name, depth + 1);
    }
  }
}
collect(torch, 'torch', 0);
collect(torch.Tensor.prototype, 'Tensor.prototype', 0);

const operators = ['add', 'cat', 'index', 'conv2d', 'cross_entropy_loss', 'where', 'stack', 'pad'];
process.on('unhandledRejection', () => {});

const end = Date.now() + Number(seconds) * 1000;
let calls = 0;
let accepted = 0;
const reached = new Set();
while (Date.now() < end) {
  const target =
    random() < 0.05
      ? { name: 'torch.ops.aten', call: torch.ops.aten[pick(operators)] }
      : pick(targets);
  const args = Array.from({ length: Math.floor(random() * 4) }, () => argument());
  if (isTooMany(target.name, args)) continue;
  const receiver =
    random() < 0.8 && target.name.includes('Tensor')
      ? torch.rand(pick(shapes), { requiresGrad: random() < 0.3 })
      : random() < 0.9
        ? target.owner
        : argument();
  const scope = random() < 0.3 ? torch.scope() : undefined;
  writeSync(file, `${target.name}(${args.map(show).join(', ')}) on ${show(receiver)}\n`, 0);
  reached.add(target.name);
  try {
    const result = target.construct
      ? Reflect.construct(target.construct, args)
      : (target.call ?? target.get).apply(receiver, args);
    accepted++;
    if (typeof result?.then === 'function')
      result.then(
        () => {},
        () => {},
      );
    inspect(result);
  } catch (error) {
    if (error instanceof Error && error.message.includes('CodedError')) throw error;
  }
  scope?.dispose();
  // Finalizers run between macrotasks only; without a turn, memory would look lost.
  if (++calls % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
closeSync(file);
console.log(JSON.stringify({ calls, accepted, reached: reached.size, targets: targets.length }));

function show(value) {
  try {
    return inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 120).padEnd(1);
  } catch {
    return 'hostile';
  }
}
