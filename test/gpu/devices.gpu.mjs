import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run, torch } from './package.mjs';

const { cuda } = torch;
const coded =
  (code, message = /./) =>
  (error) =>
    error.code === code && message.test(error.message);

test('devices have names, numbers and properties', () => {
  const count = cuda.deviceCount();
  assert.ok(count >= 1);
  const properties = cuda.getDeviceProperties(0);
  assert.equal(cuda.getDeviceName('cuda:0'), properties.name);
  assert.deepEqual(cuda.getDeviceCapability(), [properties.major, properties.minor]);
  assert.ok(properties.totalMemory > 2 ** 30 && properties.multiProcessorCount > 0);
  assert.equal(cuda.currentDevice(), 0);
  cuda.device(count - 1, () => assert.equal(cuda.currentDevice(), count - 1));
  assert.equal(cuda.currentDevice(), 0);
  cuda.setDevice('cuda:0');
  cuda.synchronize(0);
});

test('an index that is not there: how many there are', () => {
  const count = cuda.deviceCount();
  const said = coded('ERR_CUDA_UNAVAILABLE', new RegExp(`has ${count} CUDA device`));
  assert.throws(() => cuda.getDeviceName(count), said);
  assert.throws(() => torch.zeros([1], { device: `cuda:${count}` }), said);
});

test('memory is counted', () => {
  const before = cuda.memoryAllocated();
  cuda.resetPeakMemoryStats();
  const tensor = torch.zeros([1 << 20], { device: 'cuda' }).keep();
  assert.equal(cuda.memoryAllocated() - before, 4 << 20);
  assert.equal(torch.memory().cudaBytes, cuda.memoryAllocated());
  tensor.dispose();
  assert.equal(cuda.memoryAllocated(), before);
  assert.ok(cuda.maxMemoryAllocated() >= before + (4 << 20));
  assert.ok(cuda.memoryReserved() >= cuda.memoryAllocated());
  const [free, total] = cuda.memGetInfo();
  assert.ok(free > 0 && free <= total && total >= cuda.getDeviceProperties().totalMemory * 0.9);
  cuda.emptyCache();
});

test('streams and events: order, waiting, times', () => {
  const side = new cuda.Stream();
  const start = new cuda.Event({ enableTiming: true });
  const end = new cuda.Event({ enableTiming: true });
  const main = cuda.currentStream();
  assert.equal(main.streamId, cuda.defaultStream().streamId);
  const sum = cuda.stream(side, () => {
    assert.equal(cuda.currentStream().streamId, side.streamId);
    start.record();
    const x = torch.ones([2048, 2048], { device: 'cuda' });
    let y = x;
    for (let i = 0; i < 20; i++) y = x.matmul(x);
    end.record();
    return y.at(0, 0);
  });
  assert.equal(cuda.currentStream().streamId, main.streamId);
  main.waitStream(side);
  assert.equal(sum.item(), 2048);
  end.synchronize();
  assert.ok(end.query() && side.query());
  assert.ok(start.elapsedTime(end) > 0);
  side.synchronize();
  const untimed = new cuda.Event();
  untimed.record();
  assert.throws(() => untimed.elapsedTime(end), coded('ERR_LIBTORCH'));
  assert.throws(() => cuda.stream(side, async () => {}), coded('ERR_ASYNC_NO_GRAD'));
});

test('tensors, numbers in and out', () => {
  const a = torch.arange(6).to('cuda').view([2, 3]);
  assert.equal(String(a.device), 'cuda:0');
  assert.deepEqual(a.to('cpu').tolist(), a.tolist());
  assert.deepEqual([...a.to('float32').mul(2).data()], [0, 2, 4, 6, 8, 10]);
});

test('generators: seeds, states, and the same numbers again', () => {
  const generator = new torch.Generator('cuda').manualSeed(5);
  assert.deepEqual([String(generator.device), generator.initialSeed()], ['cuda:0', 5n]);
  const draw = (options) => [...torch.rand([8], { device: 'cuda', ...options }).data()];
  const state = generator.getState();
  const first = draw({ generator });
  assert.notDeepEqual(draw({ generator }), first);
  generator.setState(state);
  assert.deepEqual(draw({ generator }), first);
  cuda.manualSeed(7);
  assert.equal(cuda.initialSeed(), 7n);
  const before = cuda.getRngState();
  const own = draw();
  assert.notDeepEqual(draw(), own);
  cuda.setRngState(before);
  assert.deepEqual(draw(), own);
  torch.manualSeed(7);
  assert.deepEqual(draw(), own);
});

test('out of memory: asked, free, total; the process goes on', () => {
  const [, total] = cuda.memGetInfo();
  const before = cuda.memoryAllocated();
  assert.throws(
    () => torch.empty([total], { device: 'cuda' }),
    (error) => {
      assert.ok(error instanceof torch.OutOfMemoryError, String(error));
      assert.match(error.message, /^out of memory on cuda:0: asked for .*, free are .* of /);
      assert.ok(Math.abs(error.asked / (4 * total) - 1) < 0.01);
      assert.ok(Math.abs(error.total / total - 1) < 0.01);
      assert.ok(error.free >= 0 && error.free <= error.total);
      return true;
    },
  );
  assert.equal(cuda.memoryAllocated(), before);
  assert.equal(torch.ones([3], { device: 'cuda' }).sum().item(), 3);
});

test('a device-side assertion: the context is lost, and what to check', async () => {
  const { status, signal, stdout, stderr } = await run(`
    const logits = torch.zeros([2, 10], { device: 'cuda' });
    const labels = torch.tensor([3n, 99n]).to('cuda');
    const said = () => {
      try {
        return new torch.nn.CrossEntropyLoss().forward(logits, labels).item();
      } catch (error) {
        return error.code + ' ' + error.message;
      }
    };
    console.log(said());
    console.log(said());`);
  assert.equal(signal, null, stderr);
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  for (const line of lines) assert.match(line, /^ERR_CUDA_CONTEXT_LOST .*labels.*indices/);
});

test('LENET_TORCH_DEVICE=cpu leaves the GPU alone', async () => {
  const { entry } = await import('./package.mjs');
  const { spawnSync } = await import('node:child_process');
  const program = `const torch = await import(${JSON.stringify(entry)});
    try { torch.zeros([1], { device: 'cuda' }); } catch (e) { console.log(e.message); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, LENET_TORCH_DEVICE: 'cpu' },
    encoding: 'utf8',
  });
  assert.match(stdout, /LENET_TORCH_DEVICE is cpu/);
});

test('graphs: fill, replay, read; what cannot be captured says so, and the GPU works on', () => {
  const x = torch.zeros([4], { device: 'cuda' }).keep();
  let y;
  const graph = cuda.graph(() => {
    y = x.mul(2).add(1).keep();
  });
  for (const value of [1, 5]) {
    x.fill_(value);
    graph.replay();
    assert.deepEqual([...y.data()], Array(4).fill(2 * value + 1));
  }
  assert.equal(graph.pool().length, 2);
  assert.equal(cuda.isCurrentStreamCapturing(), false);
  assert.throws(() => cuda.graph(() => x.sum().item()), coded('ERR_CUDA_CAPTURE'));
  assert.throws(
    () =>
      cuda.graph(() => {
        throw new Error('own');
      }),
    /own/,
  );
  assert.equal(x.sum().item(), 20);
  const again = cuda.graph(() => x.add_(1), { pool: cuda.graphPoolHandle() });
  again.replay();
  assert.equal(x.sum().item(), 24);
  graph.reset();
});
