// What libtorch_cuda is asked to do, and how its failures reach users: with the imitation of CUDA.
import { beforeAll, describe, expect, test } from 'vitest';

import { cudaLibtorch, imitate, say } from './forCuda.js';

describe.runIf(cudaLibtorch)('devices, by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = imitate();
  });
  const failing = (fault: string) => ({ ...env, IMITATION_FAULT: fault });

  test('found at import, with names, properties and memory', () => {
    const program = `return { available: cuda.isAvailable(), count: cuda.deviceCount(),
      name: cuda.getDeviceName(1), capability: cuda.getDeviceCapability(0),
      properties: cuda.getDeviceProperties('cuda:1'), memory: cuda.memGetInfo(1) };`;
    expect(say(env, program)).toEqual({
      available: true,
      count: 2,
      name: 'Imitation',
      capability: [9, 0],
      properties: {
        name: 'Imitation',
        major: 9,
        minor: 0,
        totalMemory: 16 * 2 ** 30,
        multiProcessorCount: 132,
      },
      memory: [16 * 2 ** 30, 16 * 2 ** 30],
    });
  });

  test('the current device is a setting of its own, which ends with its function', () => {
    const program = `const seen = [cuda.currentDevice()];
      cuda.device(1, () => seen.push(cuda.currentDevice(), String(torch.zeros([1], { device: 'cuda' }).device)));
      said(() => cuda.device(1, () => { throw new Error('own'); }));
      seen.push(cuda.currentDevice());
      cuda.setDevice('cuda:1');
      seen.push(cuda.currentDevice(), String(torch.zeros([1], { device: 'cuda' }).device));
      return seen;`;
    expect(say(env, program)).toEqual([0, 1, 'cuda:1', 0, 1, 'cuda:1']);
  });

  test('tensors move between host and devices, bytes for bytes', () => {
    const program = `const there = torch.arange(6).to('cuda:1');
      const between = there.to('cuda:0');
      return [there.tolist(), between.cpu().tolist(), String(there.device), String(between.device)];`;
    const numbers = [0, 1, 2, 3, 4, 5];
    expect(say(env, program)).toEqual([numbers, numbers, 'cuda:1', 'cuda:0']);
  });

  test('an index that is not there: how many there are', () => {
    const program = `return ["cuda:2", "cuda:17"].map((device) => said(() => torch.zeros([1], { device })));`;
    expect(say(env, program)).toEqual([
      'ERR_CUDA_UNAVAILABLE: cuda:2 was asked for, but this machine has 2 CUDA devices',
      'ERR_CUDA_UNAVAILABLE: cuda:17 was asked for, but this machine has 2 CUDA devices',
    ]);
  });

  test('memory is counted, each device for itself, and what is disposed of is given back', () => {
    const program = `const tensor = torch.zeros([1 << 20], { device: 'cuda:1' }).keep();
      const held = [cuda.memoryAllocated(0), cuda.memoryAllocated(1), torch.memory().cudaBytes];
      tensor.dispose();
      const kept = cuda.memoryReserved(1);
      cuda.emptyCache();
      return [held, kept > 0, cuda.memoryAllocated(1), cuda.memoryReserved(1), cuda.maxMemoryAllocated(1),
        cuda.memGetInfo(1)[0]];`;
    const bytes = 4 * 2 ** 20;
    expect(say(env, program)).toEqual([[0, bytes, bytes], true, 0, 0, bytes, 16 * 2 ** 30]);
  });

  test('out of memory: asked, free and total of the device; the process goes on', () => {
    const program = `const held = torch.empty([2 ** 31], { device: 'cuda:1' }).keep();
      let error;
      try { torch.empty([2 ** 32], { device: 'cuda:1' }); } catch (e) { error = e; }
      const { name, code, asked, free, total, message } = error;
      held.dispose();
      return { name, code, asked, free, total, message, after: torch.empty([2 ** 31], { device: 'cuda:1' }).numel() };`;
    const GiB = 2 ** 30;
    expect(say(env, program)).toEqual({
      name: 'OutOfMemoryError',
      code: 'ERR_OUT_OF_MEMORY',
      asked: 16 * GiB,
      free: 8 * GiB,
      total: 16 * GiB,
      message: expect.stringMatching(
        /^out of memory on cuda:1: asked for 16\.00 GiB, free are 8\.00 GiB of 16\.00 GiB/,
      ),
      after: 2 ** 31,
    });
  });

  test('streams and events', () => {
    const program = `const side = new cuda.Stream();
      const [start, end] = [1, 2].map(() => new cuda.Event({ enableTiming: true }));
      const main = cuda.currentStream();
      const inside = cuda.stream(side, () => {
        start.record();
        torch.zeros([4], { device: 'cuda' });
        end.record();
        return cuda.currentStream().streamId === side.streamId;
      });
      main.waitStream(side);
      end.synchronize();
      const untimed = new cuda.Event();
      untimed.record();
      return [inside, cuda.currentStream().streamId === main.streamId, end.query(), side.query(),
        start.elapsedTime(end) >= 0, said(() => untimed.elapsedTime(end)).split(':')[0]];`;
    expect(say(env, program)).toEqual([true, true, true, true, true, 'ERR_LIBTORCH']);
  });

  test('no device behind the driver', () => {
    const program = `return [cuda.isAvailable(), cuda.deviceCount(), said(() => torch.zeros([1], { device: 'cuda' }))];`;
    expect(say(failing('no-driver'), program)).toEqual([
      false,
      0,
      expect.stringMatching(/^ERR_CUDA_UNAVAILABLE: .*the driver reports no CUDA device/),
    ]);
    expect(say({ ...failing('no-driver'), CUDA_VISIBLE_DEVICES: '7' }, program)).toEqual([
      false,
      0,
      expect.stringMatching(/the driver shows no CUDA device \(CUDA_VISIBLE_DEVICES is '7'\)/),
    ]);
  });

  test('a driver that is too old for this libtorch: both versions', () => {
    const program = `return [cuda.isAvailable(), said(() => torch.zeros([1], { device: 'cuda' }))];`;
    // libtorch warns of it too, as it does in Python.
    expect(say({ ...failing('old-driver'), NODE_NO_WARNINGS: '1' }, program)).toEqual([
      false,
      expect.stringMatching(
        /^ERR_CUDA_UNAVAILABLE: .*too old: found runs CUDA up to 12\.4; libtorch 2\.11\.0\+cu130 needs driver 580 or newer \(CUDA 13\.0\)/,
      ),
    ]);
  });

  test('no kernels for this GPU: which one it is', () => {
    const program = `return said(() => torch.ones([3], { device: 'cuda' }).add(1));`;
    expect(say(failing('no-kernels'), program)).toMatch(
      /^ERR_CUDA_ARCHITECTURE: .*no kernels for the GPU cuda:0 \(Imitation, compute capability 9\.0\)/,
    );
  });

  test('a device-side assertion: the context is lost, for all that follows, and the process ends well', () => {
    const program = `const logits = torch.zeros([2, 10], { device: 'cuda' });
      const labels = torch.tensor([3n, 99n]).to('cuda');
      // What a training leaves warns that CUDA refuses everything: at the end, when JavaScript runs no more, or
      // before, where garbage is collected on the way.
      for (const device of ['cuda', 'cuda:1']) await train({ epochs: 1, device });
      process.env.IMITATION_FAULT = 'assertion';
      const loss = () => new torch.nn.CrossEntropyLoss().forward(logits, labels).item();
      const first = said(loss);
      delete process.env.IMITATION_FAULT;
      return [first, said(loss), said(() => logits.cpu()), torch.ones([2]).sum().item()];`;
    const lost = expect.stringMatching(/^ERR_CUDA_CONTEXT_LOST: .*labels.*indices/);
    const quiet = { ...env, NODE_NO_WARNINGS: '1' };
    expect(say(quiet, program)).toEqual([lost, lost, lost, 2]);
  });
});
