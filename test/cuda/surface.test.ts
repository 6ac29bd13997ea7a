import { afterEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';

const gpu = torch.cuda.isAvailable();
const { cuda } = torch;

describe.skipIf(gpu)('without a GPU', () => {
  test('says that there is none', () => {
    expect(cuda.isAvailable()).toBe(false);
    expect(cuda.deviceCount()).toBe(0);
    expect(cuda.isCurrentStreamCapturing()).toBe(false);
    expect(torch.memory()).not.toHaveProperty('cudaBytes');
  });

  test.each<[string, () => unknown]>([
    ['getDeviceName', () => cuda.getDeviceName()],
    ['getDeviceProperties', () => cuda.getDeviceProperties('cuda:1')],
    ['getDeviceCapability', () => cuda.getDeviceCapability(0)],
    ['currentDevice', () => cuda.currentDevice()],
    ['setDevice', () => cuda.setDevice(0)],
    ['device', () => cuda.device(0, () => 1)],
    ['synchronize', () => cuda.synchronize()],
    ['memoryAllocated', () => cuda.memoryAllocated()],
    ['memoryReserved', () => cuda.memoryReserved('cuda')],
    ['maxMemoryAllocated', () => cuda.maxMemoryAllocated(0)],
    ['maxMemoryReserved', () => cuda.maxMemoryReserved()],
    ['resetPeakMemoryStats', () => cuda.resetPeakMemoryStats()],
    ['emptyCache', () => cuda.emptyCache()],
    ['memGetInfo', () => cuda.memGetInfo()],
    ['Stream', () => new cuda.Stream()],
    ['Event', () => new cuda.Event({ enableTiming: true })],
    ['currentStream', () => cuda.currentStream()],
    ['defaultStream', () => cuda.defaultStream(0)],
    ['CUDAGraph', () => new cuda.CUDAGraph()],
    ['graph', () => cuda.graph(() => {})],
    ['graphPoolHandle', () => cuda.graphPoolHandle()],
  ])('%s is refused, saying what is missing', (_, call) => {
    expect(call).toThrow(
      coded('ERR_CUDA_UNAVAILABLE', /CUDA is not available: .*(driver|not installed)/),
    );
  });

  test('an operator called on a GPU by name is refused in words too', () => {
    expect(() => torch.ops.aten.zeros!([2], { device: 'cuda' })).toThrow(
      coded('ERR_CUDA_UNAVAILABLE', /^CUDA is not available.*lenet-torch doctor/),
    );
  });
});

test.each<[string, () => unknown]>([
  ['the CPU', () => cuda.memoryAllocated('cpu')],
  ['a negative number', () => cuda.setDevice(-1)],
  ['a fraction', () => cuda.synchronize(0.5)],
  ['another name', () => cuda.getDeviceName('mps')],
  ['no stream', () => cuda.stream({} as never, () => 1)],
  ['no function', () => cuda.graph(1 as never)],
])('%s is an invalid argument', (_, call) => {
  expect(call).toThrow(invalid());
});

describe('switches', () => {
  const { cudnn, cuda: matmuls } = torch.backends;

  afterEach(() => {
    Object.assign(cudnn, {
      enabled: true,
      benchmark: false,
      deterministic: false,
      allowTf32: true,
    });
    matmuls.matmul.allowTf32 = false;
    torch.useDeterministicAlgorithms(false);
  });

  test("have PyTorch's defaults", () => {
    expect({ ...cudnn }).toEqual({
      enabled: true,
      benchmark: false,
      deterministic: false,
      allowTf32: true,
    });
    expect(matmuls.matmul.allowTf32).toBe(false);
    expect(torch.areDeterministicAlgorithmsEnabled()).toBe(false);
    expect(torch.isDeterministicAlgorithmsWarnOnlyEnabled()).toBe(false);
  });

  test('keep what is set, each its own', () => {
    cudnn.benchmark = true;
    cudnn.allowTf32 = false;
    expect({ ...cudnn }).toMatchObject({ benchmark: true, allowTf32: false, enabled: true });
    expect(matmuls.matmul.allowTf32).toBe(false);
    matmuls.matmul.allowTf32 = true;
    expect(matmuls.matmul.allowTf32).toBe(true);
    expect(cudnn.allowTf32).toBe(false);
  });

  test('useDeterministicAlgorithms sets both of its switches', () => {
    torch.useDeterministicAlgorithms(true, { warnOnly: true });
    expect(torch.areDeterministicAlgorithmsEnabled()).toBe(true);
    expect(torch.isDeterministicAlgorithmsWarnOnlyEnabled()).toBe(true);
    torch.useDeterministicAlgorithms(true);
    expect(torch.isDeterministicAlgorithmsWarnOnlyEnabled()).toBe(false);
  });

  test('take booleans only, and no other names', () => {
    expect(() => {
      cudnn.enabled = 1 as never;
    }).toThrow(invalid());
    expect(() => torch.useDeterministicAlgorithms('yes' as never)).toThrow(invalid());
    expect(() => Object.assign(cudnn, { fast: true })).toThrow(TypeError);
  });
});
