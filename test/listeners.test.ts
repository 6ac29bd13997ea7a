import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { temporaryFolder } from './folder.js';
import { loaders, model } from './loops.js';

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));

const warnings: Error[] = [];
const noteWarning = (warning: Error): unknown => warnings.push(warning);
beforeEach(() => {
  warnings.length = 0;
  process.on('warning', noteWarning);
});
afterEach(() => process.off('warning', noteWarning));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function trained(options: torch.TrainOptions): Promise<torch.History> {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(200, 50, 50);
  const given = { log: null, ...options };
  return torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 2, given);
}

describe.each(['eager', 'fused'] as const)('listeners of a training: %s', (engine) => {
  test('are told of the beginning, of all steps, of each epoch and of the end', async () => {
    const told: [string, unknown][] = [];
    const note = (name: string) => (what: unknown) => void told.push([name, what]);
    const listener = {
      began: note('began'),
      stepped: note('stepped'),
      epoch: note('epoch'),
      ended: note('ended'),
    };
    const { epochs } = await trained({ engine, listeners: [listener] });
    const of = (name: string) => told.filter(([each]) => each === name).map(([, what]) => what);
    expect(told[0]).toEqual(['began', { device: torch.device('cpu'), numEpochs: 2, epochs: [] }]);
    expect(of('epoch')).toEqual(epochs);
    const steps = of('stepped') as torch.Progress[];
    expect(steps.reduce((sum, each) => sum + each.steps, 0)).toBe(8);
    expect(told.at(-1)).toEqual(['ended', {}]);
  });

  test('that throw, reject or never answer change nothing, and are told nothing more', async () => {
    const calls: string[] = [];
    const failing = (name: string, fail: () => unknown): torch.TrainingListener => ({
      epoch: () => {
        calls.push(name);
        return fail();
      },
    });
    const expected = await trained({ engine });
    const listeners = [
      failing('throws', () => {
        throw new Error('thrown');
      }),
      failing('rejects', () => Promise.reject(new Error('rejected'))),
      failing('never answers', () => new Promise(() => {})),
      failing('changes', () => undefined),
    ];
    const history = await trained({ engine, listeners });
    const numbers = ({ epochs }: torch.History) =>
      epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]);
    expect(numbers(history)).toEqual(numbers(expected));
    const twice = ['never answers', 'changes'];
    expect(calls.sort()).toEqual([...twice, ...twice, 'rejects', 'throws'].sort());
    await turn();
    expect(warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringContaining('epoch: rejected'),
      expect.stringContaining('epoch: thrown'),
    ]);
    for (const warning of warnings) expect(warning).toMatchObject({ code: 'WARN_LISTENER' });
  });

  test('are told why a training ended', async () => {
    const ends: torch.TrainingEnd[] = [];
    const error = new Error('no more');
    const onEpoch = () => {
      throw error;
    };
    const listeners = [{ ended: (end: torch.TrainingEnd) => ends.push(end) }];
    await expect(trained({ engine, listeners, onEpoch })).rejects.toBe(error);
    expect(ends).toEqual([{ error }]);
  });
});

test.each([
  ['a function', () => {}],
  ['a name that there is not', [{ epoch: () => {}, step: () => {} }]],
  ['nothing to call', [{}]],
  ['no function', [{ epoch: 1 }]],
  ['one that is not in an array', { epoch: () => {} }],
])('listeners: %s is refused', async (_, listeners) => {
  await expect(trained({ listeners: listeners as never })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG',
    message: expect.stringContaining('train: listeners: expected an array of listeners'),
  });
});

test("a run whose TensorBoard file cannot be written goes on without it, and is the same as another's", async () => {
  const dir = join(temporaryFolder(), 'run');
  const script = `
    import * as torch from ${JSON.stringify(built)};
    torch.manualSeed(0);
    const net = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(4, 2));
    const X = torch.rand(2, 1, 2, 2), y = torch.tensor([0, 1]).to('int64');
    const run = await torch.Run.create(${JSON.stringify(dir)});
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    const batches = Array(400).fill([X, y]);
    const { epochs } = await torch.train(net, batches, [[X, y]], 2, optimizer, 'cpu', 3, { log: null, run });
    console.log(epochs.length);`;
  const args = ['--fsize=20000', process.execPath, '--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync('prlimit', args, { encoding: 'utf8' });
  expect(stdout).toBe('3\n');
  expect(stderr.match(/WARN_LISTENER/g)).toHaveLength(1);
  expect(stderr).toContain('TensorBoard');
  expect(readFileSync(join(dir, 'metrics.jsonl'), 'utf8').trim().split('\n')).toHaveLength(3);
  const resumed = await torch.Run.resume(dir);
  expect(resumed.epochs).toHaveLength(3);
  await resumed.close();
});
