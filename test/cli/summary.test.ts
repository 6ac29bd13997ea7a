import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { type RunOptions, run } from './run.js';

const summary = (args: string[], options?: RunOptions) => run(['summary', ...args], options);

test('prints the notebook’s network, or the 1998 one', () => {
  const lenet = torch.summary(new torch.LeNet(), [1, 28, 28]);
  expect(summary([])).toMatchObject({ status: 0, stdout: `${lenet}\n`, stderr: '' });
  const lenet5 = torch.summary(new torch.LeNet5(), [1, 32, 32]);
  expect(summary(['--model', 'lenet5'])).toMatchObject({ status: 0, stdout: `${lenet5}\n` });
});

test('--json prints one object with layers and total', () => {
  const { stdout } = summary(['--model', 'lenet5', '--squash', 'sigmoid', '--json']);
  const { layers, total } = torch.summary(new torch.LeNet5(), [1, 32, 32]);
  expect(JSON.parse(stdout)).toEqual({ layers, total });
  expect(stdout.trim().split('\n').length).toBe(1);
});

test.each([
  [['--model', 'resnet'], "'resnet' is invalid. Allowed choices are lenet, lenet5"],
  [['--model', 'lenet5', '--squash', 'relu'], "'relu' is invalid"],
  [['--squash', 'tanh'], '--squash goes with --model lenet5'],
  [['weights.pt'], 'too many arguments'],
])('%j is wrong usage', (args, message) => {
  const { status, stdout, stderr } = summary(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('--help needs no libtorch', () => {
  const { status, stdout } = summary(['--help'], { env: { XDG_CACHE_HOME: temporaryFolder() } });
  expect(status).toBe(0);
  expect(stdout).toContain('--model');
});
