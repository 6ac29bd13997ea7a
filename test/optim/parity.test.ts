// Every optimizer and schedule, held against PyTorch: docs/parity.md. scripts/recording/optim.py records.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { fromJson, toJson } from '../../lib/run/json.js';
import { type Case, expand, type Grid } from '../parity/expand.js';
import { asReal, draw } from '../parity/values.js';
import { recorded } from '../recorded.js';
import {
  camelCase,
  everyThirdRow,
  type Kept,
  keptProblem,
  type Sums,
  sumsProblem,
} from './kept.js';

type Way = 'plain' | 'closure' | 'groups' | 'gaps' | 'sparse';

interface UseGrid extends Grid {
  /** How the optimizer is used: docs/parity.md. */
  readonly ways?: readonly unknown[];
  readonly steps?: number;
  /** Of schedules: the optimizer; epochs at which a number is given. */
  readonly optimizer?: readonly [string, object];
  readonly jumps?: readonly number[];
}

interface Steps {
  readonly error?: string;
  readonly params: readonly Sums[];
  readonly state: readonly [number, Readonly<Record<string, Kept>>][];
}

interface Rates {
  readonly error?: string;
  /** By epoch and group: the rate, and the momentum where there is one. */
  readonly rates: readonly (readonly (readonly number[])[])[];
  readonly state: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: chosen by name
type Any = any;

function casesOf({ ways = ['plain'], ...grid }: UseGrid): Case[] {
  const inputs = [['3x4', '5']];
  return expand({ inputs, ...grid, args: ways.map((way) => [way]) });
}

const described = <T>(name: string): Record<string, T[]> =>
  JSON.parse(readFileSync(new URL(`../parity/optim/${name}.json`, import.meta.url), 'utf8'));

const reference = recorded<{
  optimizers: Record<string, Steps[][]>;
  schedules: Record<string, Rates[][]>;
}>('optim');

const drawn = ({ inputs, dtype }: Case): torch.Tensor[] =>
  inputs.map((text) => draw(text, dtype as torch.DType));

function stepsProblem(name: string, grid: UseGrid, each: Case, wanted: Steps): string | undefined {
  torch.manualSeed(1);
  const [way] = each.args as [Way];
  const params = drawn(each).map((tensor) => tensor.requiresGrad_());
  const groups =
    way === 'groups'
      ? [{ params: params.slice(0, 1) }, { params: params.slice(1), lr: 0.03 }]
      : params;
  const options = Object.fromEntries(
    Object.entries(each.options).map(([key, value]) => [camelCase(key), value]),
  );
  const optimizer = new (torch.optim as Any)[name](groups, options) as torch.optim.Optimizer;
  const targets = drawn(each);
  const closure = (): torch.Tensor => {
    optimizer.zeroGrad();
    const losses = params.map((param, i) => {
      const squares = asReal(param.sub(targets[i]!)).pow(2);
      const sizes = param.dtype.startsWith('complex') ? squares.sum(-1) : squares;
      return sizes.pow(2).sum().add(sizes.sum());
    });
    const loss = losses.reduce((sum, one) => sum.add(one));
    loss.backward();
    return loss;
  };
  for (let step = 0; step < (grid.steps ?? 4); step++) {
    if (way === 'closure') {
      optimizer.step(closure);
      continue;
    }
    for (const [i, grad] of drawn(each).entries()) {
      params[i]!.grad = way === 'gaps' && (i + step) % 3 === 1 ? null : grad;
      if (way === 'sparse') params[i]!.grad = everyThirdRow(grad, step);
    }
    optimizer.step();
  }
  if (wanted.error !== undefined) return undefined;
  for (const [i, param] of params.entries()) {
    const problem = sumsProblem(param, wanted.params[i]!, grid.tolerance);
    if (problem !== undefined) return `parameter ${i}: ${problem}`;
  }
  const { state } = optimizer.stateDict();
  expect([...state.keys()]).toEqual(wanted.state.map(([number]) => number));
  for (const [number, entries] of wanted.state) {
    const found = state.get(number) as Record<string, unknown>;
    expect(Object.keys(found).sort()).toEqual(Object.keys(entries).sort());
    for (const [key, value] of Object.entries(entries)) {
      const problem = keptProblem(found[key], value, grid.tolerance ?? 1e-5);
      if (problem !== undefined) return `state ${number}: ${key}: ${problem}`;
    }
  }
  return undefined;
}

/** Runs all cases of a description; what differs from Python's. */
function problemsOf<T extends { readonly error?: string }>(
  grids: readonly UseGrid[],
  wanted: readonly T[][],
  problemOf: (grid: UseGrid, each: Case, wanted: T) => string | undefined,
): string[] {
  const problems: string[] = [];
  grids.forEach((grid, i) => {
    const cases = casesOf(grid);
    // Recorded of other descriptions: `python scripts/reference.py optim`.
    expect(wanted[i]).toHaveLength(cases.length);
    cases.forEach((each, k) => {
      const { error } = wanted[i]![k]!;
      const isRefused = error !== undefined || grid.refused !== undefined;
      let problem: string | undefined;
      try {
        problem = torch.tidy(() => problemOf(grid, each, wanted[i]![k]!));
        if (isRefused) problem = `expected an error (${error ?? grid.refused})`;
      } catch (thrown) {
        const { code, message } = thrown as { code?: string; message: string };
        if (!isRefused) problem = `throws ${message}`;
        else if (!code?.startsWith('ERR_')) problem = `an error without a code: ${message}`;
      }
      if (problem !== undefined) problems.push(`${JSON.stringify(each)}: ${problem}`);
    });
  });
  return problems;
}

const functions: Readonly<Record<string, (x: number) => number>> = {
  halves: (epoch) => 0.5 ** epoch,
  waves: (epoch) => 1 + 0.5 * (-1) ** epoch,
  inverse: (x) => 1 / (x + 1),
};

type Description = readonly [name: string, args: readonly unknown[], options: object];

const isDescriptions = (value: unknown): boolean =>
  Array.isArray(value) && Array.isArray(value[0]) && typeof value[0][0] === 'string';

function scheduleOf([name, args, options]: Description, optimizer: Any): Any {
  const made = (value: unknown): unknown => {
    if (typeof value === 'string') return functions[value] ?? value;
    if (!Array.isArray(value)) return value;
    return isDescriptions(value)
      ? value.map((each) => scheduleOf(each as Description, optimizer))
      : value.map(made);
  };
  const named = Object.entries(options).map(([key, value]) => [camelCase(key), made(value)]);
  const given = [...(name === 'ChainedScheduler' ? [] : [optimizer]), ...args.map(made)];
  const { lrScheduler, swaUtils } = torch.optim as Any;
  return new (lrScheduler[name] ?? swaUtils[name])(
    ...given,
    ...(named.length ? [Object.fromEntries(named)] : []),
  );
}

/** Maps as objects. */
const plain = (state: unknown): unknown => fromJson(toJson(state));

function isAlike(found: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'number') {
    return Math.abs((found as number) - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
  }
  if (wanted === 'inf' || wanted === '-inf') {
    return found === Number(wanted.replace('inf', 'Infinity'));
  }
  if (typeof wanted !== 'object' || wanted === null) return Object.is(found, wanted);
  const [a, b] = [found, wanted].map((each) => Object.entries(each as object).sort()) as [Any, Any];
  return (
    a.length === b.length &&
    a.every(([key, value]: [string, unknown], i: number) => {
      return key === b[i][0] && isAlike(value, b[i][1]);
    })
  );
}

function ratesProblem(name: string, grid: UseGrid, each: Case, wanted: Rates): string | undefined {
  const [kind, options] = grid.optimizer ?? ['SGD', {}];
  const [args] = each.args as [unknown[]];
  const made = () => {
    const params = [torch.zeros(1), torch.zeros(1)].map((param) => param.requiresGrad_());
    const groups = [
      { params: params.slice(0, 1), lr: 0.5 },
      { params: params.slice(1), lr: 0.1 },
    ];
    const optimizer = new (torch.optim as Any)[kind](groups, options);
    return { optimizer, scheduler: scheduleOf([name, args, each.options], optimizer) };
  };
  let { optimizer, scheduler } = made();
  const steps = grid.steps ?? 12;
  for (let epoch = 0; epoch < steps; epoch++) {
    const rates = optimizer.paramGroups.map(({ lr, momentum, betas }: Any) => [
      lr,
      ...(momentum ? [momentum] : []),
      ...(betas ? [betas[0]] : []),
    ]);
    if (wanted.error === undefined && !isAlike(rates, wanted.rates[epoch])) {
      return `epoch ${epoch}: expected ${JSON.stringify(wanted.rates[epoch])}, got ${JSON.stringify(rates)}`;
    }
    optimizer.step();
    if (name === 'ReduceLROnPlateau') scheduler.step(Math.cos(epoch * 0.7) + 1 / (epoch + 1));
    else if (grid.jumps?.includes(epoch)) scheduler.step(epoch + 3);
    else scheduler.step();
    if (wanted.error === undefined && epoch === 5) {
      // Others go on, from a file.
      const saved = plain(scheduler.stateDict());
      const state = optimizer.stateDict();
      ({ optimizer, scheduler } = made());
      optimizer.loadStateDict(state);
      scheduler.loadStateDict(saved);
    }
  }
  if (wanted.error !== undefined) return undefined;
  const state = plain(scheduler.stateDict());
  if (isAlike(state, wanted.state)) return undefined;
  return `expected ${JSON.stringify(wanted.state)}, got ${JSON.stringify(state)}`;
}

describe('schedules', () => {
  test.each(Object.entries(described<UseGrid>('schedules')))('%s', (name, grids) => {
    const problems = problemsOf(grids, reference.schedules[name] ?? [], (grid, each, wanted) =>
      ratesProblem(name, grid, each, wanted),
    );
    expect(problems).toEqual([]);
  });
});

describe('optimizers', () => {
  test.each(Object.entries(described<UseGrid>('optimizers')))('%s', (name, grids) => {
    const problems = problemsOf(grids, reference.optimizers[name] ?? [], (grid, each, wanted) =>
      stepsProblem(name, grid, each, wanted),
    );
    expect(problems).toEqual([]);
  });
});
