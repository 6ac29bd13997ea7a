// Every name of PyTorch's that is here, held against PyTorch: docs/parity.md.
import { afterAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { recorded as readRecorded, weights } from '../recorded.js';
import { type Case, expand, type Grid, groups } from './expand.js';
import { asReal, difference, draw, type EncodedTensor } from './values.js';

type Encoded = EncodedTensor | null | number | string | boolean | Encoded[];

interface Recorded {
  /** What Python throws; nothing else is there then. */
  readonly error?: string;
  readonly out?: Encoded;
  readonly grads?: readonly (EncodedTensor | null)[];
  readonly text?: string;
  readonly state?: Readonly<Record<string, EncodedTensor>>;
  readonly buffers?: Readonly<Record<string, EncodedTensor>>;
  readonly paramGrads?: Readonly<Record<string, EncodedTensor | null>>;
}

type Callable = (...args: unknown[]) => unknown;

const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());

// Where a last bit decides, as which of two pixels is the nearest, PyTorch's own results go by the processor: what it says
// on a Xeon with AVX-512 and AMX where that is not what it said on an EPYC.
type ByPlace = Readonly<Record<string, Recorded>>;
const others = readRecorded<Readonly<Record<string, ByPlace>>>('parityElsewhere');

const cases = new Map<string, number>();

for (const { group, described, recorded } of groups<Recorded>()) {
  describe(group, () => {
    test.each(Object.entries(described))('%s', (name, grids) => {
      // Recorded of other descriptions: `python scripts/reference.py parity`.
      expect(recorded[name]?.map((each) => each.length)).toEqual(
        grids.map((grid) => expand(grid).length),
      );
      const problems: string[] = [];
      for (const [i, grid] of grids.entries()) {
        for (const [k, each] of expand(grid).entries()) {
          cases.set(group, (cases.get(group) ?? 0) + 1);
          const wanted = [recorded[name]![i]![k]!, others[name]?.[`${i}/${k}`] ?? []].flat();
          const found = wanted.map((one) => torch.tidy(() => problemOf(name, grid, each, one)));
          const problem = found.includes(undefined) ? undefined : found[0];
          if (problem !== undefined) problems.push(`${JSON.stringify(each)}: ${problem}`);
        }
      }
      expect(problems).toEqual([]);
    });
  });
}

afterAll(() => {
  if (process.env.LENET_TORCH_COUNT) console.log(Object.fromEntries(cases));
});

/** What differs from Python's; `undefined` for nothing. */
function problemOf(name: string, grid: Grid, each: Case, wanted: Recorded): string | undefined {
  const isRefused = grid.refused !== undefined || wanted.error !== undefined;
  try {
    const found = run(name, grid, each, wanted);
    return isRefused ? `expected an error (${wanted.error ?? grid.refused})` : found;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (!isRefused) return `throws ${message}`;
    return code?.startsWith('ERR_') ? undefined : `an error without a code: ${message}`;
  }
}

// "$0" is an input, "torch.float32" a dtype, "inf" a number.
function placed(value: unknown, inputs: readonly torch.Tensor[], used: Set<number>): unknown {
  if (Array.isArray(value)) return value.map((part) => placed(part, inputs, used));
  if (typeof value === 'object' && value !== null) {
    if ('new' in value) {
      const [name, ...given] = placed(value.new, inputs, used) as [string, ...unknown[]];
      return Reflect.construct(Reflect.get(torch.transforms, name), given);
    }
    const named = Object.entries(value).map(([key, part]) => [
      camelCase(key),
      placed(part, inputs, used),
    ]);
    return Object.fromEntries(named);
  }
  if (typeof value !== 'string') return value;
  if (/^\$\d+$/.test(value)) {
    used.add(Number(value.slice(1)));
    return inputs[Number(value.slice(1))];
  }
  if (/^-?inf$|^nan$/.test(value)) return Number(value.replace('inf', 'Infinity'));
  return value.replace(/^torch\./, '');
}

function run(name: string, grid: Grid, each: Case, wanted: Recorded): string | undefined {
  torch.manualSeed(1);
  const inputs = each.inputs.map((text) => draw(text, each.dtype as torch.DType));
  const used = new Set<number>();
  const args = each.args.map((arg) => placed(arg, inputs, used));
  const isNamed = Object.prototype.toString.call(each.args.at(-1)) === '[object Object]';
  const options = {
    ...(isNamed && (args.pop() as object)),
    ...(placed(each.options, inputs, used) as object),
  };
  if (Object.keys(options).length > 0) args.push(options);
  const given = inputs.filter((_, i) => !used.has(i));
  const path = name.split('.').map(camelCase);
  const last = path.pop() as string;
  if (path[0] === 'Tensor') {
    const [self, ...rest] = given;
    const call = () => (Reflect.get(self!, last) as Callable).call(self, ...rest, ...args);
    return resultProblem(call, inputs, grid, wanted);
  }
  if (path[0] === 'torch') path.shift();
  const owner = path.reduce<object>((from, part) => Reflect.get(from, part), torch);
  const target = Reflect.get(owner, last) as Callable;
  if (typeof target !== 'function') throw new Error(`there is no ${name}`);
  if (!(target.prototype instanceof torch.nn.Module)) {
    if (typeof target.prototype?.forward === 'function') {
      const made = Reflect.construct(target, args) as torch.transforms.Transform;
      const call = () => made.forward(...(given as [torch.Tensor]));
      return textProblem(made, wanted) ?? resultProblem(call, inputs, grid, wanted);
    }
    return resultProblem(() => target(...given, ...args), inputs, grid, wanted);
  }
  torch.manualSeed(2);
  const module = Reflect.construct(target, args) as torch.nn.Module;
  module.to(each.dtype as torch.DType).train(each.training);
  const called = each.call?.map((part) => placed(part, inputs, new Set())) ?? given;
  const call = () => module.forward(...called) as unknown;
  if (wanted.error !== undefined) {
    torch.manualSeed(3);
    return call() as undefined;
  }
  return (
    textProblem(module, wanted) ??
    tensorsProblem('state', module.stateDict(), wanted.state) ??
    resultProblem(call, each.call ? inputs : given, grid, wanted, module)
  );
}

function textProblem(module: object, { text }: Recorded): string | undefined {
  const found = String(module);
  return text === undefined || found === text ? undefined : `prints ${found}, not ${text}`;
}

function tensorsProblem(
  what: string,
  found: Readonly<Record<string, torch.Tensor | null | undefined>>,
  wanted: Readonly<Record<string, EncodedTensor | null>> = {},
  tolerance?: number,
): string | undefined {
  const [names, expected] = [Object.keys(found).join(), Object.keys(wanted).join()];
  if (names !== expected) return `${what}: expected ${expected || 'nothing'}, got ${names}`;
  for (const [name, tensor] of Object.entries(wanted)) {
    const problem = gradProblem(found[name], tensor, tolerance);
    if (problem !== undefined) return `${what}: ${name}: ${problem}`;
  }
  return undefined;
}

function gradProblem(
  found: torch.Tensor | null | undefined,
  wanted: EncodedTensor | null,
  tolerance?: number,
): string | undefined {
  if (wanted !== null) return difference(found, wanted, tolerance);
  return found ? `expected none, got one of shape (${found.shape})` : undefined;
}

function resultProblem(
  call: () => unknown,
  inputs: readonly torch.Tensor[],
  grid: Grid,
  wanted: Recorded,
  module?: torch.nn.Module,
): string | undefined {
  const wantsGrad = grid.grad !== false && !grid.inplace;
  const leaves = inputs.filter(({ dtype }) => wantsGrad && /^(float|bfloat|complex)/.test(dtype));
  for (const leaf of leaves) leaf.requiresGrad = true;
  const result = drawn(call, grid);
  const problem = valueProblem(result, wanted.out, grid, true);
  if (problem !== undefined || wanted.error !== undefined) return problem;
  if (wanted.grads) {
    const tensors = [result].flat(Number.POSITIVE_INFINITY).filter(learns).map(asReal);
    const [first, ...others] = tensors.map((x) =>
      x.to('float64').mul(weights(x).to('float64')).sum(),
    );
    if (first === undefined) return 'nothing has a gradient';
    others.reduce((sum, each) => sum.add(each), first).backward();
    for (const [i, grad] of wanted.grads.entries()) {
      const said = gradProblem(inputs[i]?.grad, grad, grid.tolerance);
      if (said !== undefined) return `gradient ${i}: ${said}`;
    }
  }
  if (module === undefined) return undefined;
  const grads = [...module.namedParameters()].map(([key, p]) => [key, p.grad] as const);
  const kept = new Set(Object.keys(module.stateDict()));
  const buffers = [...module.namedBuffers()].filter(([key]) => kept.has(key));
  return (
    (wanted.paramGrads &&
      tensorsProblem('gradients', Object.fromEntries(grads), wanted.paramGrads, grid.tolerance)) ??
    tensorsProblem('buffers', Object.fromEntries(buffers), wanted.buffers, grid.tolerance)
  );
}

/** The result after a seed, or a list of those after several. */
function drawn(call: () => unknown, { seeds }: Grid): unknown {
  const results = Array.from({ length: seeds ?? 1 }, (_, i) => {
    torch.manualSeed(3 + i);
    return call();
  });
  return seeds === undefined ? results[0] : results;
}

const learns = (value: unknown): value is torch.Tensor =>
  value instanceof torch.Tensor && value.requiresGrad;

/** Lists become lists, part by part; plain values are equal. */
function valueProblem(
  found: unknown,
  wanted: Encoded | undefined,
  grid: Grid,
  isWhole = false,
): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found)) return `expected ${wanted.length} results, got ${String(found)}`;
    const parts = isWhole && grid.only ? grid.only.map((i) => found[i]) : found;
    if (parts.length !== wanted.length) {
      return `expected ${wanted.length} results, got ${parts.length}`;
    }
    for (const [i, part] of wanted.entries()) {
      const problem = valueProblem(parts[i], part, grid);
      if (problem !== undefined) return `result ${i}: ${problem}`;
    }
    return undefined;
  }
  if (typeof wanted === 'object' && wanted !== null)
    return difference(found, wanted, grid.tolerance);
  if (typeof wanted === 'number' && !Number.isInteger(wanted)) {
    const isClose = Math.abs(Number(found) - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted));
    return isClose ? undefined : `expected ${wanted}, got ${String(found)}`;
  }
  const isSame = found === wanted || String(found) === wanted || Number(found) === wanted;
  return isSame || (wanted === undefined && found === undefined)
    ? undefined
    : `expected ${wanted}, got ${String(found)}`;
}
