export type { CudaDeviceProperties } from '../native/exports/cuda.js';
export {
  type CudaDeviceLike,
  currentDevice,
  device,
  deviceCount,
  getDeviceCapability,
  getDeviceName,
  getDeviceProperties,
  isAvailable,
  setDevice,
  synchronize,
} from './device.js';
export {
  type CaptureOptions,
  CUDAGraph,
  type GraphOptions,
  type GraphPool,
  graph,
  graphPoolHandle,
  isCurrentStreamCapturing,
} from './graph.js';
export {
  emptyCache,
  maxMemoryAllocated,
  maxMemoryReserved,
  memGetInfo,
  memoryAllocated,
  memoryReserved,
  resetPeakMemoryStats,
} from './memory.js';
export { getRngState, initialSeed, manualSeed, manualSeedAll, setRngState } from './random.js';
export {
  currentStream,
  defaultStream,
  Event,
  type EventOptions,
  Stream,
  type StreamOptions,
  stream,
} from './stream.js';
