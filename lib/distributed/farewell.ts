import { native } from '../native/load.js';
import type { Store } from './store.js';

const failureKey = 'lenet/failed';
const heardKey = 'lenet/heard';
const lingerMs = 1000;

/** What ranks leave in the store of their group for each other when they fail. */
export class Farewell {
  readonly #store: Store;
  readonly #rank: number;
  readonly #size: number;

  constructor(store: Store, rank: number, size: number) {
    this.#store = store;
    this.#rank = rank;
    this.#size = size;
  }

  /** Why this rank fails. */
  async say(error: unknown): Promise<void> {
    const { message, code } = error as { message?: string; code?: string };
    const text = `rank ${this.#rank} has failed: ${code ?? 'error'}: ${message ?? String(error)}`;
    const bytes = new TextEncoder().encode(text.slice(0, 2000));
    const saying = native.storeSet(this.#store.native, failureKey, bytes, true);
    await within(2000, saying).catch(() => {});
  }

  /** Why another one has failed; '' where none has said so. */
  async ofOthers(): Promise<string> {
    const store = this.#store.native;
    const ask = async (): Promise<string> => {
      if (!(await native.storeCheck(store, [failureKey], true))) return '';
      const text = new TextDecoder().decode(await native.storeGet(store, failureKey, true));
      await native.storeAdd(store, heardKey, 1, true);
      return text;
    };
    const why = (await within(3000, ask()).catch(() => '')) ?? '';
    if (why !== '') await this.linger();
    return why;
  }

  /** The store often ends with the first rank's process: the others need a moment to read there what has happened. */
  async linger(): Promise<void> {
    if (this.#rank !== 0) return;
    const hear = (): Promise<number> => native.storeAdd(this.#store.native, heardKey, 0, true);
    const end = performance.now() + lingerMs;
    const heard = async (): Promise<void> => {
      while (performance.now() < end && (await hear()) < this.#size - 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await within(lingerMs, heard()).catch(() => {});
  }
}

/** What work comes to, or `undefined` where that takes longer. */
export async function within<T>(
  milliseconds: number,
  work: Promise<T> | undefined,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
