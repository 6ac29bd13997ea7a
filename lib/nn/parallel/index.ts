export { DistributedDataParallel } from './distributedDataParallel.js';
export type { DistributedDataParallelOptions, JoinOptions } from './options.js';
