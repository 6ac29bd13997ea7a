export {
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
  CUDAGraph,
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
export { currentStream, defaultStream, Event, Stream, stream } from './stream.js';
