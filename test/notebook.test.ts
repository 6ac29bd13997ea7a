import { describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { recorded } from './recorded.js';

interface Line {
  loss: number;
  trainAcc: number;
  testAcc: number;
}

const reference = recorded<Record<string, Line[]>>('training');
const long = process.env.LENET_TORCH_LONG === '1';
const runs: [number, number][] = long
  ? [
      [0, 5],
      [1, 5],
      [2, 5],
    ]
  : [[0, 1]];

describe('the chapter, on the whole data set, beside what PyTorch gave', () => {
  test.each(runs)('seed %i, %i epochs', async (seed, numEpochs) => {
    torch.setNumThreads(2);
    torch.manualSeed(seed);
    const net = new torch.LeNet();
    const batchSize = 256;
    const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize });
    const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
    const options = { log: null };
    const { epochs } = await torch.train(
      net,
      trainIter,
      testIter,
      batchSize,
      optimizer,
      'cpu',
      numEpochs,
      options,
    );
    epochs.forEach((epoch, i) => {
      const wanted = reference[seed]?.[i] as Line;
      expect(Math.abs(epoch.loss - wanted.loss)).toBeLessThan(0.002);
      expect(Math.abs(epoch.trainAcc - wanted.trainAcc)).toBeLessThan(0.005);
      expect(Math.abs(epoch.testAcc - wanted.testAcc)).toBeLessThan(0.005);
    });
  });
});
