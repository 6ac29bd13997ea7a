// Every optimizer loads states that were saved with other options, of other dtypes, by older versions of PyTorch:
// test/parity/optim/loads.json has the options, scripts/recording/loads.py what PyTorch does.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { draw } from '../parity/values.js';
import { recorded } from '../recorded.js';
import {
  camelCase,
  everyThirdRow,
  type Kept,
  keptProblem,
  type Sums,
  sumsProblem,
} from './kept.js';

interface Loaded {
  readonly error?: string;
  /** Dtypes after loading. */
  readonly kinds: readonly [number, Readonly<Record<string, string>>][];
  readonly params: readonly Sums[];
  readonly state: readonly [number, Readonly<Record<string, Kept>>][];
}

type Options = Readonly<Record<string, unknown>>;
type Case = readonly [saved: Options, own: Options, way: string, before: string, after: string];

// biome-ignore lint/suspicious/noExplicitAny: chosen by name
type Any = any;

const described: Record<string, Options[]> = JSON.parse(
  readFileSync(new URL('../parity/optim/loads.json', import.meta.url), 'utf8'),
);
const reference = recorded<Record<string, Loaded[]>>('loads');

const kinds = [
  ['float64', 'float64'],
  ['float32', 'float64'],
  ['float64', 'float32'],
  ['float32', 'bfloat16'],
  ['bfloat16', 'bfloat16'],
  ['complex', 'complex'],
] as const;

function casesOf(options: readonly Options[]): Case[] {
  const [f, ways] = ['float32', ['load', 'groups', 'changed']];
  const between = options.flatMap((saved) =>
    options.flatMap((own) => ways.map((way): Case => [saved, own, way, f, f])),
  );
  const alone = options.flatMap((own) => [
    ...kinds.map(([before, after]): Case => [own, own, 'load', before, after]),
    ...['numbers', 'default'].map((way): Case => [own, own, way, f, f]),
  ]);
  return [...between, ...alone];
}

const ours = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));

function drawn(name: string, kind: string): torch.Tensor[] {
  const shapes = name === 'Muon' ? ['3x4', '5x2'] : ['3x4', '5'];
  if (kind === 'complex') return shapes.map((shape) => draw(`${shape}:complex`, 'float32'));
  return shapes.map((shape) => draw(shape, 'float64').to(kind as torch.DType));
}

function made(name: string, options: Options, kind: string) {
  const params = drawn(name, kind).map((tensor) => tensor.requiresGrad_());
  const optimizer = new (torch.optim as Any)[name](params, ours(options)) as torch.optim.Optimizer;
  return { params, optimizer };
}

function advance(
  name: string,
  { params, optimizer }: ReturnType<typeof made>,
  kind: string,
  step: number,
): void {
  const grads = drawn(name, kind);
  for (const [i, grad] of grads.entries()) {
    params[i]!.grad = name === 'SparseAdam' ? everyThirdRow(grad, step) : grad;
  }
  const closure = (): torch.Tensor => {
    optimizer.zeroGrad();
    const away = params.map((param) => param.sub(2).abs().pow(2));
    const losses = away.map((each) => each.add(each.pow(2)).sum());
    const loss = losses.reduce((sum, one) => sum.add(one));
    loss.backward();
    return loss;
  };
  optimizer.step(name === 'LBFGS' ? closure : undefined);
}

const numbers = ['step', 'eta', 'mu', 'mu_product'];

function withNumbers(saved: torch.optim.OptimizerState): object {
  const asNumber = ([key, value]: [string, Any]) =>
    numbers.includes(key) ? [key, Number(value.item())] : [key, value];
  const states = [...saved.state].map(([number, state]): [number, object] => [
    number,
    Object.fromEntries(Object.entries(state).map(asNumber)),
  ]);
  return { state: new Map(states), param_groups: saved.param_groups };
}

// Half precision ends after three digits, and each step rounds.
const toleranceOf = (name: string, kind: string): number =>
  kind === 'bfloat16' ? 0.1 : ['LBFGS', 'Muon'].includes(name) ? 1e-3 : 2e-5;

function problemOf(name: string, each: Case, wanted: Loaded): string | undefined {
  const [saved, own, way, before, after] = each;
  torch.manualSeed(1);
  if (way === 'default') torch.setDefaultDtype('float64');
  let now = made(name, saved, before);
  for (const step of [0, 1]) advance(name, now, before, step);
  if (way === 'changed') Object.assign(now.optimizer.paramGroups[0]!, ours(own));
  else {
    const state = now.optimizer.stateDict();
    const { params } = now;
    now = made(name, own, after);
    for (const [i, param] of now.params.entries()) param.detach().copy_(params[i]!.detach());
    if (way === 'numbers') now.optimizer.loadStateDict(withNumbers(state));
    else if (way === 'load') now.optimizer.loadStateDict(state);
    else {
      const { param_groups } = now.optimizer.stateDict();
      now.optimizer.loadStateDict({
        state: state.state,
        param_groups: way === 'groups' ? param_groups : state.param_groups,
      });
    }
  }
  const loaded = now.optimizer.stateDict().state;
  // An LBFGS keeps numbers where Python has tensors of one element.
  for (const [number, dtypes] of name === 'LBFGS' ? [] : (wanted.kinds ?? [])) {
    const state = loaded.get(number) as Record<string, torch.Tensor>;
    for (const [key, dtype] of Object.entries(dtypes)) {
      if (state[key]?.dtype !== dtype) {
        return `loaded ${key}: expected ${dtype}, got ${state[key]?.dtype}`;
      }
    }
  }
  for (const step of [2, 3]) advance(name, now, after, step);
  if (wanted.error !== undefined) return undefined;
  const tolerance = toleranceOf(name, after);
  for (const [i, param] of now.params.entries()) {
    const problem = sumsProblem(param, wanted.params[i]!, tolerance);
    if (problem !== undefined) return `parameter ${i}: ${problem}`;
  }
  const { state } = now.optimizer.stateDict();
  for (const [number, entries] of wanted.state) {
    const found = state.get(number) as Record<string, unknown>;
    const [names, expected] = [found, entries].map((one) => Object.keys(one).sort().join());
    if (names !== expected) return `state ${number}: expected ${expected}, got ${names}`;
    for (const [key, value] of Object.entries(entries)) {
      const problem = keptProblem(found[key], value, tolerance);
      if (problem !== undefined) return `state ${number}: ${key}: ${problem}`;
    }
  }
  return undefined;
}

afterEach(() => torch.setDefaultDtype('float32'));

test('every optimizer is here', () => {
  const { Optimizer, ...rest } = torch.optim as unknown as Record<string, Any>;
  const all = Object.keys(rest).filter((name) => rest[name].prototype instanceof Optimizer);
  expect(Object.keys(described).sort()).toEqual(all.sort());
});

test.each(Object.entries(described))('%s', (name, options) => {
  const cases = casesOf(options);
  // Recorded of other options: `python scripts/reference.py loads`.
  expect(reference[name]).toHaveLength(cases.length);
  const problems = cases.flatMap((each, i) => {
    const wanted = reference[name]![i]!;
    let problem: string | undefined;
    try {
      problem = torch.tidy(() => problemOf(name, each, wanted));
      // Python's LBFGS has no room for a longer history than it was saved with; here a step makes its own.
      const isTaken = name === 'LBFGS' && wanted.error === 'IndexError';
      if (wanted.error !== undefined && !isTaken) problem = `expected an error (${wanted.error})`;
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message: string };
      if (wanted.error === undefined) problem = `throws ${message}`;
      else if (!code?.startsWith('ERR_')) problem = `an error without a code: ${message}`;
    } finally {
      torch.setDefaultDtype('float32');
    }
    return problem === undefined ? [] : [`${JSON.stringify(each)}: ${problem}`];
  });
  expect(problems).toEqual([]);
});
