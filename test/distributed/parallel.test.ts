// DistributedDataParallel beside Python's: what scripts/recording/parallel.py has recorded.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { recorded } from '../recorded.js';
import { runRanks } from './ranks.js';

interface Step {
  readonly gradients: string;
  readonly parameters: string;
  readonly someGradients: number[];
  readonly someParameters: number[];
}

interface Result {
  readonly final: string;
  readonly someFinal: number[];
  readonly steps?: Step[];
}

const info = readFileSync('/proc/cpuinfo', 'utf8');
const capability = /\bavx512f\b/.test(info) ? 'AVX512' : 'AVX2';
const { cpu, scenarios } = recorded<
  {
    capability: string;
    cpu: string[];
    scenarios: ({ name: string; size: number } & Result)[];
  }[]
>('parallel').find((each) => each.capability === capability)!;

// Rounding in matrix products is the processor's, and most of all its instruction set's.
function isRecorded(): boolean {
  const names = ['cpu family', 'model', 'model name', 'stepping'];
  return names.every((name, i) => RegExp(`${name}\\s*: (.*)`).exec(info)?.[1] === cpu[i]);
}

// Adam makes more of it from step to step.
function expectClose(values: readonly number[], expected: readonly number[], step: number): void {
  expect(values.length).toBe(expected.length);
  const relative = step < 7 ? 1e-5 : 1e-3;
  for (const [i, value] of values.entries()) {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6 + relative * Math.abs(value));
  }
}

const timeout = 120_000;

test.each([2, 3, 4])('%i ranks train as Python’s do', { timeout }, async (size) => {
  const ends = await runRanks(size, 'parallel.child.mjs', { NODE_NO_WARNINGS: '1' });
  for (const { status, stderr } of ends) expect(`${status} ${stderr}`).toBe('0 ');
  const ranks = ends.map(({ stdout }) => JSON.parse(stdout) as Record<string, Result>);
  for (const rank of ranks) expect(rank).toEqual(ranks[0]);
  for (const { name, final, someFinal, steps = [] } of scenarios.filter((s) => s.size === size)) {
    const result = ranks[0]![name]!;
    expectClose(result.someFinal, someFinal, steps.length);
    for (const [i, step] of steps.entries()) {
      expectClose(result.steps![i]!.someGradients, step.someGradients, i);
      expectClose(result.steps![i]!.someParameters, step.someParameters, i);
    }
    if (!isRecorded()) continue;
    const hashes = steps.map(({ gradients, parameters }) => [gradients, parameters]);
    expect([name, final]).toEqual([name, result.final]);
    expect(result.steps?.map(({ gradients, parameters }) => [gradients, parameters]) ?? []).toEqual(
      hashes,
    );
  }
});
