import { open, readFile, stat } from 'node:fs/promises';
import type { EpochResult } from '../engine/epoch.js';
import { TorchError } from '../error.js';
import { attempt, flush } from '../files/atomic.js';
import { readError } from '../files/readError.js';
import { fromJson, toJson } from './json.js';

/** `metrics.jsonl`: a line per epoch, on the disk before the epoch counts as done. */
export class Metrics {
  readonly #path: string;
  /** Bytes written. */
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get size(): number {
    return this.#size;
  }

  async append(result: EpochResult): Promise<void> {
    const line = Buffer.from(`${toJson(result)}\n`);
    await attempt(this.#path, async () => {
      const file = await open(this.#path, 'a');
      try {
        await file.appendFile(line);
        await flush(file);
      } finally {
        await file.close();
      }
    });
    this.#size += line.length;
  }

  /**
   * Cuts off what was written after a checkpoint.
   * @param size - Bytes that the checkpoint knows of.
   */
  async cutTo(size: number): Promise<void> {
    await attempt(this.#path, async () => {
      const file = await open(this.#path, 'a');
      try {
        await file.truncate(size);
        await flush(file);
      } finally {
        await file.close();
      }
    });
    this.#size = size;
  }

  /** Whether an epoch has been noted. */
  async hasLines(): Promise<boolean> {
    const { size } = await stat(this.#path).catch(() => ({ size: 0 }));
    return size > 0;
  }

  /**
   * The epochs that a checkpoint knows of.
   * @param size - Bytes that it knows of.
   * @param count - Epochs that these are to be.
   * @throws {TorchError} `ERR_RUN_CORRUPT` when these are not there, or no lines of epochs.
   */
  async read(size: number, count: number): Promise<EpochResult[]> {
    const bytes = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw readError(error, this.#path);
    });
    const corrupt = (found: string): TorchError =>
      new TorchError(
        'ERR_RUN_CORRUPT',
        `${this.#path}: expected ${size} bytes with the ${count} epochs that the checkpoint knows of, ${found}`,
      );
    if (bytes.length < size) throw corrupt(`got ${bytes.length}`);
    const lines = bytes.subarray(0, size).toString().split('\n').slice(0, -1);
    if (lines.length !== count) throw corrupt(`got ${lines.length} lines`);
    return lines.map((line, i) => {
      try {
        const result = fromJson(line) as EpochResult;
        if (result.epoch === i + 1) return result;
      } catch {}
      throw corrupt(`but line ${i + 1} is not that of epoch ${i + 1}`);
    });
  }
}
