/** Processes that compute together, on one host or many; mirrors `torch.distributed`. */
export type { BackendName } from './backend.js';
export {
  allGather,
  allGatherIntoTensor,
  allReduce,
  barrier,
  broadcast,
  type GroupOptions,
  gather,
  type MonitoredBarrierOptions,
  monitoredBarrier,
  type ReduceOptions,
  type RootOptions,
  reduce,
  reduceScatter,
  reduceScatterTensor,
  scatter,
} from './collectives.js';
export { ProcessGroup } from './group.js';
export { isAvailable, isGlooAvailable, isNcclAvailable } from './library.js';
export { irecv, isend, type MessageOptions, recv, send, Work } from './messages.js';
export { allGatherObject, broadcastObjectList } from './objects.js';
export {
  getBackend,
  getNodeLocalRank,
  getRank,
  getWorldSize,
  isTorchelasticLaunched,
} from './rank.js';
export { ReduceOp, type ReduceOpName } from './reduceOp.js';
export {
  FileStore,
  HashStore,
  PrefixStore,
  Store,
  TCPStore,
  type TCPStoreOptions,
} from './store.js';
export {
  destroyProcessGroup,
  type InitOptions,
  initProcessGroup,
  isInitialized,
  newGroup,
} from './world.js';
