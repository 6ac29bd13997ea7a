export { ownCores } from './cores.js';
export { writeErrorFile } from './errorFile.js';
export type { Launched } from './launched.js';
export { launchedBy } from './launchedBy.js';
export { type Threads, threadsPerProcess } from './threads.js';
