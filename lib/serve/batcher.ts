import { TorchError } from '../error.js';
import type { Rows } from './servedModel.js';

/** What images are given as: bytes for the model's transform, or values as the network takes them. */
export type Values = Uint8Array | Float32Array;

/** Who computes: rows of outputs, one for each image. */
export type Compute<V extends Values> = (images: V, count: number) => Promise<Rows>;

/** What is told about what is computed. */
export interface BatchObserver {
  onBatch(images: number): void;
}

interface Job<V extends Values> {
  readonly images: V;
  readonly count: number;
  readonly since: number;
  readonly isGone: () => boolean;
  resolve(rows: Rows): void;
  reject(error: unknown): void;
}

/** Limits of a {@link Batcher}. */
export interface BatchLimits {
  readonly maxBatch: number;
  /** How many are computed best now, where fewer than `maxBatch`; a request of more stays whole. */
  readonly bestBatch?: () => number;
  readonly maxDelay: number;
}

/**
 * Puts images of one moment together. While nothing is computed, what comes in one turn of the event loop is computed
 * at its end. What comes meanwhile is the next batch, which waits for more as long as more comes, it is not full, and
 * its first image has not waited longest.
 */
export class Batcher<V extends Values> {
  readonly #compute: Compute<V>;
  readonly #limits: BatchLimits;
  readonly #observer: BatchObserver;
  readonly #make: (length: number) => V;
  #queue: Job<V>[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  #isWoken = false;
  // How many waited a turn ago, behind a batch that was computed.
  #waitedBefore: number | undefined;

  constructor(
    make: (length: number) => V,
    compute: Compute<V>,
    limits: BatchLimits,
    observer: BatchObserver,
  ) {
    this.#make = make;
    this.#compute = compute;
    this.#limits = limits;
    this.#observer = observer;
  }

  /** Images that are not being computed yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Outputs of images, rows side by side; more images than a batch has are several.
   * @param images - Not to be changed until they are computed.
   */
  async add(images: V, count: number, isGone: () => boolean): Promise<Rows> {
    const { maxBatch } = this.#limits;
    if (count <= maxBatch) return this.#put(images, count, isGone);
    const size = images.length / count;
    const parts: Promise<Rows>[] = [];
    for (let at = 0; at < count; at += maxBatch) {
      const end = Math.min(at + maxBatch, count);
      const part = images.subarray(at * size, end * size) as V;
      parts.push(this.#put(part, end - at, isGone));
    }
    return joined(await Promise.all(parts));
  }

  /** Settles when what is being computed now is done. */
  async settled(): Promise<void> {
    await this.#running;
  }

  get #most(): number {
    const { maxBatch, bestBatch } = this.#limits;
    return bestBatch === undefined ? maxBatch : Math.min(maxBatch, bestBatch());
  }

  #put(images: V, count: number, isGone: () => boolean): Promise<Rows> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ images, count, since: performance.now(), isGone, resolve, reject });
      this.#waiting += count;
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#running !== undefined || this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#queue.length === 0) return;
    if (this.#mayGrow()) {
      this.#wake();
      return;
    }
    const batch = this.#take();
    this.#waitedBefore = undefined;
    if (batch.length === 0) {
      this.#wake();
      return;
    }
    this.#running = this.#run(batch).then(() => {
      this.#running = undefined;
      if (this.#queue.length === 0) return;
      this.#waitedBefore = 0;
      this.#wake();
    });
  }

  #mayGrow(): boolean {
    const before = this.#waitedBefore;
    this.#waitedBefore = this.#waiting;
    return (
      before !== undefined &&
      before < this.#waiting &&
      this.#waiting < this.#most &&
      performance.now() - this.#queue[0]!.since < this.#limits.maxDelay
    );
  }

  // The first ones that fit; of clients that have gone nothing is computed.
  #take(): Job<V>[] {
    const batch: Job<V>[] = [];
    const most = this.#most;
    let count = 0;
    let taken = 0;
    for (const job of this.#queue) {
      const isGone = job.isGone();
      if (!isGone && count > 0 && count + job.count > most) break;
      taken++;
      this.#waiting -= job.count;
      if (isGone) job.reject(new TorchError('ERR_REQUEST', 'the client went away'));
      else {
        count += job.count;
        batch.push(job);
      }
    }
    this.#queue = taken === this.#queue.length ? [] : this.#queue.slice(taken);
    return batch;
  }

  async #run(batch: readonly Job<V>[]): Promise<void> {
    try {
      const count = batch.reduce((sum, job) => sum + job.count, 0);
      this.#observer.onBatch(count);
      const rows = await this.#compute(this.#imagesOf(batch), count);
      const size = rows.length / count;
      let at = 0;
      for (const { count, resolve } of batch) {
        resolve(rows.subarray(at, at + count * size));
        at += count * size;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #imagesOf(batch: readonly Job<V>[]): V {
    if (batch.length === 1) return batch[0]!.images;
    const all = this.#make(batch.reduce((sum, { images }) => sum + images.length, 0));
    let at = 0;
    for (const { images } of batch) {
      (all as Uint8Array).set(images as Uint8Array, at);
      at += images.length;
    }
    return all;
  }
}

function joined(parts: readonly Rows[]): Rows {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
