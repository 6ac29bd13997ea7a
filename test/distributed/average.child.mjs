// One rank whose fused engine averages the gradient of each step with the others', as MODE says. Prints what it has
// got, as JSON, or when it ends, in milliseconds since 1970.
import { createHash } from 'node:crypto';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { requireGroup } from '../../dist/distributed/world.js';
import { numbersOf } from '../../dist/engine/fused/layers.js';
import { library } from '../../dist/engine/fused/library.js';
import { chainOf } from '../../dist/engine/fused/plan.js';
import * as torch from '../../dist/index.js';
import { native } from '../../dist/native/load.js';

const { distributed } = torch;
const { MODE: mode, RANK } = process.env;
const rank = Number(RANK);
const isLast = rank === Number(process.env.WORLD_SIZE) - 1;
const timeout = mode === 'together' ? 60_000 : 5000;
const parameterState = 0;
const momentumState = 3;
const sizes = [150, 6, 2400, 16, 30720, 120, 10080, 84, 840, 10];

torch.manualSeed(7);
const initial = sizes.map((size) => torch.randn([size]).mul(0.1).keep());
torch.manualSeed(100 + rank);
const examples = 2048;
const images = torch.rand([examples, 1, 28, 28]).keep();
const labels = torch.arange(examples).remainder(10).to('int64').keep();
const order = torch.arange(4_000_000).remainder(examples).to('int64').keep();

function engineOf(threads) {
  const { image, layers } = chainOf(new torch.LeNet(), images, true);
  const engine = native.createFused(library().path, numbersOf(image, layers), threads);
  native.loadFused(engine, parameterState, initial);
  native.configureFused(engine, [{ algorithm: 0, lr: 0.05, momentum: 0.9 }], new Int32Array(10), 0);
  return engine;
}

function stored(engine, state) {
  const tensors = sizes.map((size) => torch.zeros([size]));
  native.storeFused(engine, state, tensors);
  return torch.cat(tensors).keep();
}

const begin = (engine, first, count, batch, average) =>
  native.trainFused(engine, images, labels, undefined, order, first, count, batch, average);

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function open() {
  await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout });
  const group = requireGroup('test').native;
  return { group, average: native.makeAverage(group) };
}

const modes = {
  // Ranks of other data, other batch sizes and other numbers of threads.
  async together() {
    const { average } = await open();
    const batch = 64 + 32 * rank;
    const engine = engineOf(1 + (rank % 2));
    await begin(engine, 0, batch, batch, average).promise;
    const averaged = stored(engine, momentumState);
    const alone = engineOf(1 + (rank % 2));
    await begin(alone, 0, batch, batch).promise;
    // Of the same length, so that Gloo adds it in the same order.
    const expected = torch.cat([stored(alone, momentumState), torch.zeros([1])]).keep();
    await distributed.allReduce(expected, { op: 'avg' });
    const steps = [];
    for (const [first, count] of [
      [1, 20],
      [21, 7.5],
    ]) {
      const task = begin(engine, first * batch, count * batch, batch, average);
      steps.push(await task.promise);
    }
    await distributed.barrier();
    const endless = begin(engine, 0, 3_900_000, batch, average);
    if (isLast) setTimeout(() => endless.stop(), 100);
    const stopped = await endless.promise;
    // All begin when the last one has come, who is asked to stop long before its gradient is there.
    const only = begin(engine, 0, examples, examples, average);
    if (isLast) only.stop();
    const last = await only.promise;
    await distributed.destroyProcessGroup();
    const parameters = stored(engine, parameterState);
    return {
      isAverage: torch.equal(averaged, expected.narrow(0, 0, averaged.numel())),
      differs: !torch.equal(averaged, stored(alone, momentumState)),
      samples: steps.map(({ samples }) => samples / batch),
      losses: steps.map(({ losses }) => losses.every(Number.isFinite) && losses.length),
      stops: [...steps, stopped, last].map((result) => result.stopped),
      failures: [...steps, stopped, last].filter(({ failure }) => failure !== undefined).length,
      batches: [stopped.batches, last.batches],
      parameters: createHash('sha256').update(parameters.data()).digest('hex'),
    };
  },
  async killed() {
    const { average } = await open();
    const engine = engineOf(1);
    const task = begin(engine, 0, 3_900_000, 64, average);
    await later(300);
    if (isLast) process.kill(process.pid, 'SIGKILL');
    const start = performance.now();
    const { batches, stopped, losses, failure } = await task.promise;
    const seconds = (performance.now() - start) / 1000;
    const changed = !torch.equal(stored(engine, parameterState), torch.cat(initial));
    const { code, message } = failure;
    return { batches, stopped, losses: losses.length, changed, code, message, seconds };
  },
  // The rest: one waits for the others, who never come.
  async closed() {
    const { average } = await open();
    if (!isLast) return later(2000).then(() => ({}));
    const task = begin(engineOf(2), 0, 640, 64, average);
    await later(300);
    const start = performance.now();
    const closing = distributed.destroyProcessGroup();
    const { batches, failure } = await task.promise;
    const seconds = (performance.now() - start) / 1000;
    const after = await begin(engineOf(1), 0, 640, 64, average).promise;
    await closing;
    return { batches, code: failure.code, seconds, after: after.failure.code };
  },
  async cancelled() {
    const { average } = await open();
    if (!isLast) return later(2000).then(() => ({}));
    const task = begin(engineOf(2), 0, 640, 64, average);
    await later(300);
    const start = performance.now();
    native.cancelAverage(average);
    const { failure } = await task.promise;
    return { code: failure.code, seconds: (performance.now() - start) / 1000 };
  },
  async exit() {
    const { average } = await open();
    if (!isLast) begin(engineOf(2), 0, 640, 64, average);
    setTimeout(() => {
      process.stdout.write(String(Date.now()));
      process.exit(7);
    }, 500);
    await later(60_000);
  },
  async terminate() {
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url));
      await new Promise((resolve) => worker.once('message', resolve));
      await later(300);
      const now = Date.now();
      await worker.terminate();
      return now;
    }
    const { average } = await open();
    if (!isLast) begin(engineOf(2), 0, 640, 64, average);
    parentPort.postMessage('begun');
    await later(60_000);
  },
};

const got = await modes[mode]();
if (isMainThread) console.log(JSON.stringify(got));
