// Ranks of Python's and of Node's in one group. In the long tier, where LENET_TORCH_PYTHON names a Python with torch.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

import { runRanks } from './ranks.js';

const long = process.env.LENET_TORCH_LONG === '1';
const python = process.env.LENET_TORCH_PYTHON ?? 'python3';
const hasTorch = long && spawnSync(python, ['-c', 'import torch']).status === 0;
const why = long ? ` (left out: ${python} has no torch; LENET_TORCH_PYTHON names another)` : '';

describe.runIf(hasTorch)('a mixed world', () => {
  // P: a rank of Python's.
  test.each(['PN', 'NP', 'PNP', 'NPN', 'NNPP'])('%s trains as one', async (kinds) => {
    const files = [...kinds].map((kind) =>
      kind === 'P' ? 'parallelMixed.py' : 'parallel.child.mjs',
    );
    const ends = await runRanks(kinds.length, files, { NODE_NO_WARNINGS: '1' });
    for (const { status, stderr } of ends) expect(`${status} ${status ? stderr : ''}`).toBe('0 ');
    const [first, ...others] = ends.map(({ stdout }) => finals(stdout));
    expect(Object.keys(first!).length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });
});

test.runIf(long && !hasTorch)(`a mixed world${why}`, ({ skip }) => skip());

// Values are printed with as many digits as the language likes; hashes are of all bits.
function finals(stdout: string): Record<string, unknown> {
  const results = JSON.parse(stdout) as Record<string, { final: string; steps?: object[] }>;
  return Object.fromEntries(
    Object.entries(results).map(([name, { final, steps = [] }]) => [
      name,
      [
        final,
        ...steps.map((step) => [Reflect.get(step, 'gradients'), Reflect.get(step, 'parameters')]),
      ],
    ]),
  );
}
