export type { CheckpointEvery } from './cadence.js';
export type { RunConfig } from './config.js';
export { Run, type RunOptions, type Stateful } from './run.js';
