// The guide's program, as the guide starts it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

import { run } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';

const program = fileURLToPath(new URL('../../examples/distributed/train.mjs', import.meta.url));

test('two processes: rank 0 alone prints and keeps the weights', () => {
  const cwd = temporaryFolder('lenet-torch-example-', afterAll);
  const words = ['launch', '--nproc', '2', '--', program, '1'];
  const { status, stdout, stderr } = run(words, { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^training on cpu\nepoch 1, loss \d\.\d{4}, train acc 0\.\d{3}, test acc 0\.\d{3}, time .* sec\n$/,
  );
  expect(existsSync(join(cwd, 'lenet.safetensors'))).toBe(true);
});
