// The same questions to every engine, asked through a training.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Engines } from '../../lib/engine/choose.js';
import { EagerEngine } from '../../lib/engine/eager/engine.js';
import * as torch from '../../lib/index.js';
import { trainWith } from '../../lib/training/training.js';
import { temporaryFolder } from '../folder.js';
import { distance, images, loader, numbersOf, rows, setUp } from './engines.js';

// Threads that wait for each other at every step are slow beside other processes.
const threads = torch.getNumThreads();
beforeAll(() => torch.setNumThreads(1));
afterAll(() => torch.setNumThreads(threads));

describe.each(rows)('%s', (name, { make, device }) => {
  const training = (task: ReturnType<typeof setUp>, numEpochs = 2) => ({
    ...{ net: task.net, optimizer: task.optimizer, device, numEpochs, batchSize: 4 },
    ...{ trainIter: task.batches, testIter: loader({ shuffle: false }), engine: 'auto' as const },
  });
  const quiet = {
    ...{ log: null, signal: undefined, onEpoch: undefined, onProgress: undefined },
    ...{ run: undefined, listeners: undefined },
  };
  const engines = () => {
    const own = make();
    return new Engines('auto', own.name === 'eager' ? [own] : [own, new EagerEngine()]);
  };

  test('it is named with a reason; the model is busy meanwhile, and free in onEpoch', async () => {
    const task = setUp(device);
    const results: torch.EpochResult[] = [];
    const going = trainWith(engines(), training(task), {
      ...quiet,
      onEpoch: async (result) => {
        results.push(result);
        expect(await torch.evaluate(loader({ shuffle: false }), task.net)).toBe(result.testAcc);
      },
    });
    const asked = torch.predict(task.net, images(1)[0].to(device));
    await expect(asked).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    await expect(torch.evaluate(loader(), task.net)).rejects.toMatchObject({
      code: 'ERR_MODEL_BUSY',
    });
    const { epochs } = await going;
    expect(epochs).toEqual(results);
    for (const { engine, engineReason } of epochs) {
      expect(engine).toBe(name);
      expect(engineReason).toMatch(/\w+ \w+/);
    }
    expect((await torch.predict(task.net, images(1)[0].to(device))).shape).toEqual([1, 10]);
  });

  test('progress adds up', async () => {
    const told: torch.Progress[] = [];
    const onProgress = (progress: torch.Progress) => told.push({ ...progress });
    await trainWith(engines(), training(setUp(device)), { ...quiet, onProgress });
    expect(told.reduce((sum, { steps }) => sum + steps, 0)).toBe(6);
    expect(told.at(-1)).toMatchObject({ epoch: 2, done: 3, total: 3, images: 10 });
  });

  test('a run that was stopped goes on, and ends as if it had not been', async () => {
    const making = { batches: () => loader({ batchSize: 2 }) };
    const whole = setUp(device, making);
    const { epochs } = await trainWith(engines(), training(whole), quiet);
    const dir = `${temporaryFolder()}/run`;
    const first = setUp(device, making);
    const stop = new AbortController();
    const going = trainWith(engines(), training(first), {
      ...{ ...quiet, signal: stop.signal },
      run: await torch.Run.create(dir, { checkpointEvery: '2steps', tensorBoard: false }),
      onProgress: ({ epoch, done }) => epoch === 2 && done >= 1 && stop.abort(new Error('stop')),
    });
    const outcome = await going.catch((error: Error) => error.message);
    const second = setUp(device, making);
    const run = await torch.Run.resume(dir);
    const history = await trainWith(engines(), training(second), { ...quiet, run });
    // Where all steps were done before anybody was told, there was nothing left to stop.
    if (outcome !== 'stop') expect((outcome as torch.History).epochs).toHaveLength(2);
    expect(history.epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc])).toEqual(
      epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]),
    );
    expect(distance(numbersOf(second), numbersOf(whole))).toBe(0);
  });
});
