import { parentPort, workerData } from 'node:worker_threads';

import { train } from './training.mjs';

await train(workerData.engine, 1e9, { onProgress: () => parentPort.postMessage('running') });
