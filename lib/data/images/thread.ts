// What a loader's threads run (`numWorkers`): pictures are read and decoded one after another.
import { parentPort } from 'node:worker_threads';

import { readImageSync } from './reader.js';
import type { Answer, Question } from './threads.js';

const port = parentPort!;
port.on('message', ({ id, path }: Question) => {
  try {
    const { data, width, height } = readImageSync(path);
    // The decoder's memory is its own and cannot be handed over.
    const bytes = new Uint8Array(data);
    const answer: Answer = { id, image: { data: bytes, width, height } };
    port.postMessage(answer, [bytes.buffer]);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const answer: Answer = { id, failure: { code, message } };
    port.postMessage(answer);
  }
});
