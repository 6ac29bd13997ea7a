// train, evaluate and runs among processes: each case has real ones, of train.child.mjs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { type RankEnd, runRanks } from './ranks.js';

interface Epoch {
  epoch: number;
  loss: number;
  trainAcc: number;
  testAcc: number;
  engine: string;
  engineReason: string;
}

interface Got {
  steps: string[];
  digest: string;
  epochs?: Epoch[];
  error?: [string, string];
  again?: number;
  alone?: number;
  whole?: number;
  scores?: number[];
  values?: number[][];
  before?: number[];
}

const engines = ['eager', 'fused'] as const;

async function ends(size: number, mode: string, more: NodeJS.ProcessEnv = {}): Promise<RankEnd[]> {
  return runRanks(size, 'train.child.mjs', { MODE: mode, ...more });
}

const gotOf = ({ status, stdout, stderr }: RankEnd): Got => {
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

async function gotBy(size: number, mode: string, more: NodeJS.ProcessEnv = {}): Promise<Got[]> {
  return (await ends(size, mode, more)).map(gotOf);
}

describe.each(engines)('%s', (engine) => {
  test.each([2, 3])('%i ranks train the same weights and say the same', async (size) => {
    const all = await gotBy(size, 'plain', { ENGINE: engine });
    const [first, ...others] = all as [Got, ...Got[]];
    for (const other of others) {
      expect(other.digest).toBe(first.digest);
      expect(other.epochs).toEqual(first.epochs);
      expect(other.again).toBe(first.again);
      // Rank 0 alone prints.
      expect(other.steps).toEqual([]);
    }
    expect(first.steps.map((line) => line.replace(/[\d.]+/g, '#'))).toEqual([
      'training on cpu',
      'epoch #, loss #, train acc #, test acc #, time # sec',
      'epoch #, loss #, train acc #, test acc #, time # sec',
    ]);
    expect(first.epochs!.map((each) => each.engine)).toEqual([engine, engine]);
    // Of all examples, each once: 601 and 101, which no number of ranks divides.
    for (const { trainAcc, testAcc } of first.epochs!) {
      expect(trainAcc * 601).toBeCloseTo(Math.round(trainAcc * 601), 6);
      expect(testAcc * 101).toBeCloseTo(Math.round(testAcc * 101), 6);
    }
    expect(first.epochs!.at(-1)!.testAcc).toBe(first.alone);
    expect([first.again, first.whole]).toEqual([first.alone, first.alone]);
    expect(first.scores).toEqual([2, 10]);
  });

  test('two ranks come to what one process does with both batches', async () => {
    const [two] = await gotBy(2, 'plain', { ENGINE: engine, COUNT: '600' });
    const [one] = await gotBy(1, 'plain', { ENGINE: engine, COUNT: '600' });
    // Twice as many steps, with half of the batch.
    expect(one!.epochs![0]!.loss).not.toBe(two!.epochs![0]!.loss);
    const both = await inOneProcess(engine);
    isAsTogether(two!, both);
  });

  test('what stops one stops all after the same step, and the group is still there', async () => {
    const [first, last] = await gotBy(2, 'stop', { ENGINE: engine });
    expect(first!.digest).toBe(last!.digest);
    expect(first!.error).toEqual(['AbortError', 'rank 1 has stopped the training: enough']);
    expect(last!.error).toEqual(['Error', 'enough']);
  });

  test('a rank that is killed ends the others, with a word', async () => {
    const began = performance.now();
    const [first, last] = await ends(3, 'killed', { ENGINE: engine }).then((all) => [
      all[0]!,
      all.at(-1)!,
    ]);
    expect(last!.signal).toBe('SIGKILL');
    const [code, message] = gotOf(first!).error!;
    expect(code).toBe('ERR_DISTRIBUTED_PEER');
    // In a step of either engine, in a forward pass, or where ranks meet after a fast epoch.
    const where = 'step \\d+ of the epoch|DistributedDataParallel\\.forward|allGatherIntoTensor';
    expect(message).toMatch(RegExp(`^rank 0 of 3 on \\S+, .*(${where}): `));
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  test('an error in a callback of one rank is told to the others', async () => {
    const [first, last] = await gotBy(2, 'throwsInCallback', { ENGINE: engine });
    expect(last!.error).toEqual(['TypeError', 'no more']);
    expect(first!.error![0]).toBe('ERR_DISTRIBUTED_PEER');
    expect(first!.error![1]).toMatch(/rank 1 has failed: .*no more/);
  });

  test('a run goes on where all were, bit for bit', async () => {
    const folder = temporaryFolder();
    const [whole, broken] = ['whole', 'broken'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    const [undisturbed, other] = await gotBy(2, 'run', { ENGINE: engine, DIR: whole });
    expect(other!.epochs).toEqual(undisturbed!.epochs);
    const [, killed] = await ends(2, 'run', { ENGINE: engine, DIR: broken, KILL: '1' });
    expect(killed!.signal).toBe('SIGKILL');
    const resumed = await gotBy(2, 'runOn', { ENGINE: engine, DIR: broken });
    for (const { digest, epochs, before } of resumed) {
      // After epoch 1 (16 steps of 20 images), in its second one's middle.
      expect(before![0]).toBe(1);
      expect(before![1]).toBeGreaterThan(16);
      expect(digest).toBe(undisturbed!.digest);
      expect(epochs).toEqual(undisturbed!.epochs);
    }
    // With another number of processes: all of them refuse.
    const alone = await gotBy(1, 'runOn', { ENGINE: engine, DIR: broken });
    expect(alone[0]!.error![0]).toBe('ERR_RUN_MISMATCH');
    const three = await gotBy(3, 'runOn', { ENGINE: engine, DIR: broken });
    expect(three[0]!.error).toEqual([
      'ERR_RUN_MISMATCH',
      expect.stringContaining('by 2 processes, and here are 3'),
    ]);
    for (const { error } of three.slice(1)) {
      expect(error).toEqual(['ERR_DISTRIBUTED_PEER', expect.stringContaining('by 2 processes')]);
    }
  });

  test('checkpoints by the clock are of one step on all ranks', async () => {
    const dir = join(temporaryFolder(), 'timed');
    const [first, last] = await gotBy(2, 'runTimed', { ENGINE: engine, DIR: dir });
    expect(first!.error).toBeUndefined();
    expect(last!.digest).toBe(first!.digest);
    expect(existsSync(join(dir, 'checkpoint.safetensors'))).toBe(true);
    expect(JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')).processes).toBe(2);
  });
});

// Each as the names of layers and their arguments.
const networks: Record<string, [keyof typeof torch.nn, ...unknown[]][]> = {
  'softmax regression': [['Flatten'], ['Linear', 784, 10]],
  'a perceptron': [['Flatten'], ['Linear', 784, 32], ['GELU'], ['Linear', 32, 10]],
  'a network of 3×3': [
    ['Conv2d', 1, 5, 3, { padding: 1, stride: 2 }],
    ['ReLU'],
    ['MaxPool2d', 2],
    ['Flatten'],
    ['Linear', 245, 10],
  ],
};

test.each(Object.entries(networks))(
  'fused, %s: two ranks come to what one process does',
  async (_, layers) => {
    const LAYERS = JSON.stringify(layers);
    const [two, other] = await gotBy(2, 'plain', { ENGINE: 'fused', COUNT: '600', LAYERS });
    expect(other!.digest).toBe(two!.digest);
    expect(two!.epochs!.map((each) => each.engine)).toEqual(['fused', 'fused']);
    const make = (): torch.nn.Module =>
      new torch.nn.Sequential(
        ...layers.map(([name, ...args]) => new (torch.nn[name] as never as Layer)(...args)),
      );
    isAsTogether(two!, await inOneProcess('fused', make));
  },
);

type Layer = new (...args: unknown[]) => torch.nn.Module;

function isAsTogether(two: Got, both: Awaited<ReturnType<typeof inOneProcess>>): void {
  for (const [i, { loss, trainAcc, testAcc }] of two.epochs!.entries()) {
    const alone = both.epochs[i]!;
    expect(Math.abs(loss - alone.loss)).toBeLessThan(0.002);
    expect(Math.abs(trainAcc - alone.trainAcc)).toBeLessThan(0.005);
    expect(Math.abs(testAcc - alone.testAcc)).toBeLessThan(0.011);
  }
  const [mine, theirs] = [both.values.flat(), two.values!.flat()];
  mine.forEach((value, i) => {
    expect(Math.abs(value - theirs[i]!)).toBeLessThan(2e-4);
  });
}

/** The union of what two ranks take in each step. */
async function inOneProcess(
  engine: (typeof engines)[number],
  make: () => torch.nn.Module = () => new torch.LeNet(),
) {
  torch.manualSeed(3);
  const net = make();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.01 });
  const [trainSet, testSet] = [dataset(600, 1), dataset(101, 2)];
  const { DataLoader, DistributedSampler } = torch.data;
  const all = { numReplicas: 1, rank: 0 };
  const trainIter = new DataLoader(trainSet, {
    batchSize: 40,
    sampler: new DistributedSampler(trainSet, all),
  });
  const testIter = new DataLoader(testSet, { batchSize: 50 });
  const options = { engine, log: null };
  const { epochs } = await torch.train(net, trainIter, testIter, 40, optimizer, 'cpu', 2, options);
  const values = [...net.parameters()].map(
    (each) => each.detach().flatten().narrow(0, 0, 3).tolist() as number[],
  );
  return { epochs, values };
}

// As train.child.mjs has it.
function dataset(count: number, seed: number) {
  const generator = new torch.Generator().manualSeed(seed);
  const labels = torch.randint(0, 10, [count], { generator }).keep();
  const noise = torch.rand([count, 1, 28, 28], { generator }).mul(0.5);
  const rows = torch.eye(28).indexSelect(0, labels).reshape([count, 1, 28, 1]);
  return new torch.data.TensorDataset(noise.add(rows).keep(), labels);
}

describe('ranks that would not take the same steps', () => {
  const mismatch = 'ERR_DISTRIBUTED_MISMATCH';

  test.each([
    ['otherEpochs', /numEpochs: 2 on rank 0, 3 on rank 1/],
    ['otherRate', /parameter groups: .*0\.01.* on rank 0, .*0\.02.* on rank 1/],
    ['otherEngine', /engine: auto on rank 0, eager on rank 1/],
    ['otherLength', /different numbers of batches .*: 16 on rank 0, 15 on rank 1/],
    ['unknownLength', /different numbers of batches: 1 of 2 have one more/],
  ])('%s', async (mode, text) => {
    for (const { error } of await gotBy(2, mode)) {
      expect(error![0]).toBe(mismatch);
      expect(error![1]).toMatch(text);
    }
  });

  test('where one cannot have the fused engine, none has', async () => {
    const all = await gotBy(2, 'otherBatches');
    for (const { epochs, digest } of all) {
      expect(digest).toBe(all[0]!.digest);
      for (const { engine, engineReason } of epochs!) {
        expect([engine, engineReason]).toEqual([
          'eager',
          'rank 1: the batches do not come from a DataLoader',
        ]);
      }
    }
  });

  test('one whose forward pass fails ends the others', async () => {
    const [first, last] = await gotBy(2, 'throws');
    expect(last!.error).toEqual(['RangeError', 'boom']);
    expect(first!.error![0]).toBe('ERR_DISTRIBUTED_PEER');
    expect(first!.error![1]).toContain('rank 1 has failed');
  });

  test('a run of one process is refused', async () => {
    const all = await gotBy(2, 'runAlone', { DIR: join(temporaryFolder(), 'run') });
    for (const { error } of all) expect(error![0]).toMatch(/^ERR_(INVALID_ARG|DISTRIBUTED_)/);
    expect(all[0]!.error![1]).toMatch(/with processGroup\): "epoch" on rank 0, "none" on rank 1/);
  });

  test('a run that is not there is not there on all', async () => {
    for (const { error } of await gotBy(2, 'runMissing', { DIR: join(temporaryFolder(), 'no') })) {
      expect(error![0]).toBe('ERR_RUN_NOT_FOUND');
    }
  });
});
