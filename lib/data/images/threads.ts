import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { type ErrorCode, TorchError } from '../../error.js';
import { packageFolder } from '../../location.js';
import type { ImageReader, ReadImage } from '../dataset/dataset.js';

/** What a thread is asked. */
export interface Question {
  readonly id: number;
  readonly path: string;
}

/** What it answers. */
export type Answer =
  | { readonly id: number; readonly image: ReadImage; readonly failure?: never }
  | {
      readonly id: number;
      readonly failure: { readonly code: string | undefined; readonly message: string };
    };

interface Waiting {
  resolve(image: ReadImage): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  /** Why it answers no more. */
  failure?: Error;
}

// The compiled one, also for sources that are run as they are: a thread knows nothing of TypeScript.
const program = join(packageFolder, 'dist/data/images/thread.js');

/** Threads that read and decode pictures for a loader. */
export class ImageThreads implements ImageReader {
  readonly #threads: readonly Thread[];
  #asked = 0;

  /** @param count - Integer ≥ 1. */
  constructor(count: number) {
    this.#threads = Array.from({ length: count }, makeThread);
  }

  read(path: string): Promise<ReadImage> {
    // Whoever has least to do.
    const thread = this.#threads.reduce((best, each) =>
      each.waiting.size < best.waiting.size ? each : best,
    );
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      if (thread.failure !== undefined) throw thread.failure;
      thread.waiting.set(id, { resolve, reject });
      // A thread with nothing to do lets the process end.
      thread.worker.ref();
      thread.worker.postMessage({ id, path } satisfies Question);
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

function makeThread(): Thread {
  const worker = new Worker(program, { name: 'lenet-torch images' });
  const waiting = new Map<number, Waiting>();
  worker.on('message', ({ id, ...answer }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if ('image' in answer) asked?.resolve(answer.image);
    else asked?.reject(failureOf(answer.failure));
  });
  const thread: Thread = { worker, waiting };
  const end = (error: Error): void => {
    thread.failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', () => end(new TorchError('ERR_IMAGE', 'a thread that decodes has ended')));
  worker.unref();
  return thread;
}

const failureOf = ({ code, message }: { code: string | undefined; message: string }): Error =>
  new TorchError((code ?? 'ERR_IMAGE') as ErrorCode, message);
