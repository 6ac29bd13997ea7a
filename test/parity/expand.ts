// What stands in test/parity/cases/*.json, as docs/parity.md says; scripts/recording/parity.py reads the same.
import { readdirSync, readFileSync } from 'node:fs';

type Values = readonly unknown[];

/** Alternatives, each with each of the others: what is called, with what. */
export interface Grid {
  /** Given by position. `'$0'` is the first input, `'torch.float32'` a dtype. */
  readonly args?: readonly Values[];
  /** Given by name, in Python's spelling; each may also be left out. */
  readonly options?: Readonly<Record<string, Values>>;
  /** One option at a time instead of all together. */
  readonly one?: boolean;
  /** Tensors: those that stand in no argument come first. */
  readonly inputs?: readonly (readonly string[])[];
  /** What a module is called with, in place of the inputs; an object given last holds arguments by name. */
  readonly calls?: readonly Values[];
  /** Of inputs of floats. */
  readonly dtypes?: readonly string[];
  /** Of modules. */
  readonly training?: readonly boolean[];
  /** No gradients. */
  readonly grad?: false;
  /** An input is changed: no gradients either. */
  readonly inplace?: boolean;
  /** The results that are compared, of several. */
  readonly only?: readonly number[];
  /** The result is compared bit for bit. */
  readonly exact?: boolean;
  /** After how many seeds it is called: the result is a list. */
  readonly seeds?: number;
  /** Relative to the largest element; default: by dtype. */
  readonly tolerance?: number;
  /** Why this is refused where Python takes it. */
  readonly refused?: string;
}

export interface Case {
  readonly args: Values;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly call: Values | undefined;
  readonly dtype: string;
  readonly training: boolean;
}

const product = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>(
    (all, list) => all.flatMap((chosen) => list.map((each) => [...chosen, each])),
    [[]],
  );

function chosenOptions({ options = {}, one }: Grid): Record<string, unknown>[] {
  const entries = Object.entries(options);
  if (one)
    return [{}, ...entries.flatMap(([key, list]) => list.map((value) => ({ [key]: value })))];
  const lists = entries.map(([key, list]) => [null, ...list.map((value) => [key, value] as const)]);
  return product(lists).map((pairs) => Object.fromEntries(pairs.filter((pair) => pair !== null)));
}

/** All cases of a grid. */
export function expand(grid: Grid): Case[] {
  const { args = [[]], inputs = [[]], dtypes = ['float32'], training = [true] } = grid;
  const calls = grid.calls ?? [undefined];
  return args.flatMap((each) =>
    chosenOptions(grid).flatMap((options) =>
      inputs.flatMap((tensors) =>
        calls.flatMap((call) =>
          dtypes.flatMap((dtype) =>
            training.map((mode) => ({
              args: each,
              options,
              inputs: tensors,
              call,
              dtype,
              training: mode,
            })),
          ),
        ),
      ),
    ),
  );
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** By group and name: the grids, and what PyTorch gave for each of their cases. */
export function groups<Recorded>() {
  return readdirSync(new URL('cases', import.meta.url)).map((file) => ({
    group: file.replace('.json', ''),
    described: read(`cases/${file}`) as Record<string, Grid[]>,
    recorded: read(`../reference/parity/${file}`) as Record<string, Recorded[][]>,
  }));
}
