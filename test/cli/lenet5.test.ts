import { expect, test } from 'vitest';

import { run } from './run.js';

const small = '--epochs 1 --limit-train 256 --limit-test 64 --seed 0 --threads 1'.split(' ');

const train = (...args: string[]) => run(['train', ...args]);

function epochOf(...args: string[]) {
  const { stdout } = train('--model', 'lenet5', '--json', ...small, ...args);
  const [start, epoch] = stdout.split('\n').map((line) => JSON.parse(line || 'null'));
  return { start, epoch };
}

test('--model lenet5 prints the chapter’s lines', () => {
  const { status, stdout, stderr } = train('--model', 'lenet5', ...small);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/^lenet-torch: weights kept until the next training, .*\n$/),
  });
  expect(stdout).toMatch(
    /^training on cpu\nepoch 1, loss \d+\.\d{4}, train acc 0\.\d{3}, test acc 0\.\d{3}, time \d+\.\d sec\n$/,
  );
});

test('tanh and the penalty are its defaults, the learning rate is its own', () => {
  const { start, epoch } = epochOf();
  expect(start).toMatchObject({ model: 'lenet5', lr: 0.003 });
  const same = epochOf('--squash', 'tanh', '--loss', 'penalty', '--lr', '0.003');
  expect(same.epoch.loss).toBe(epoch.loss);
});

test('other choices train something else', () => {
  const losses = [
    ['--squash', 'sigmoid'],
    ['--loss', 'discriminative'],
    ['--loss', 'discriminative', '--j', '50'],
  ].map((args) => epochOf(...args).epoch.loss);
  expect(new Set(losses).size).toBe(3);
});

test.each([
  [['--squash', 'tanh'], 'error: --squash goes with --model lenet5'],
  [['--loss', 'penalty'], 'error: --loss goes with --model lenet5'],
  [['--model', 'lenet5', '--j', '5'], 'error: --j goes with --loss discriminative'],
  [['--model', 'lenet5', '--loss', 'discriminative', '--j', '0'], 'Expected a number > 0'],
  [['--model', 'lenet5', '--loss', 'cross'], "argument 'cross' is invalid"],
  [['--model', 'LeNet5'], "argument 'LeNet5' is invalid"],
])('%j is wrong usage', (args, message) => {
  const { status, stdout, stderr } = train(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});
