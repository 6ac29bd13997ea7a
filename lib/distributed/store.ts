import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { flag, integer, number, text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { invalidArgument, TorchError } from '../error.js';
import type { NativeStore } from '../native/exports/distributed.js';
import { native } from '../native/load.js';
import { openLibrary } from './library.js';

const utf8 = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value);

function requireKey(what: string, key: unknown): string {
  return text.read(`${what}: key`, key);
}

function requireValue(what: string, value: unknown): Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return utf8(value);
  throw invalidArgument(`${what}: expected a string or a Uint8Array, got ${inspect(value)}`);
}

function requireKeys(what: string, keys: unknown): readonly string[] {
  if (Array.isArray(keys) && keys.length > 0) return keys.map((key) => requireKey(what, key));
  throw invalidArgument(`${what}: expected an array of keys, got ${inspect(keys)}`);
}

/**
 * Keys and values that processes share while they find each other; mirrors `torch.distributed.Store`. Everybody who
 * reaches it can read and write it: there is no password.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when it is made: `open` does that, or `new HashStore()`.
 * @see https://docs.pytorch.org/docs/stable/distributed.html#distributed-key-value-store
 */
export abstract class Store {
  /** @internal */
  readonly native: NativeStore;

  /** @internal */
  constructor(store: NativeStore) {
    if (store === undefined || store === null) {
      throw invalidArgument('Store: open() makes one, or new HashStore()');
    }
    this.native = store;
  }

  /** How long calls wait, milliseconds; mirrors `timeout`. */
  get timeout(): number {
    return native.storeTimeout(this.native);
  }

  /** @param timeout - Milliseconds. */
  setTimeout(timeout: number): void {
    atMost('setTimeout', 1, arguments.length);
    native.storeSetTimeout(this.native, integer(1).read('setTimeout: timeout', timeout));
  }

  async set(key: string, value: string | Uint8Array): Promise<void> {
    atMost('set', 2, arguments.length);
    await native.storeSet(this.native, requireKey('set', key), requireValue('set', value));
  }

  /**
   * Waits until somebody has set it.
   * @throws {TorchError} `ERR_DISTRIBUTED_TIMEOUT`
   */
  async get(key: string): Promise<Uint8Array> {
    atMost('get', 1, arguments.length);
    return native.storeGet(this.native, requireKey('get', key));
  }

  /** Adds to a counter, which begins at 0. @returns What it is then. */
  async add(key: string, amount: number): Promise<number> {
    atMost('add', 2, arguments.length);
    return native.storeAdd(
      this.native,
      requireKey('add', key),
      integer().read('add: amount', amount),
    );
  }

  /**
   * Waits until all have been set.
   * @param timeout - Milliseconds. Default: the store's.
   * @throws {TorchError} `ERR_DISTRIBUTED_TIMEOUT`
   */
  async wait(keys: readonly string[], timeout?: number): Promise<void> {
    atMost('wait', 2, arguments.length);
    const most = Math.ceil(number(1).read('wait: timeout', timeout ?? this.timeout));
    await native.storeWait(this.native, requireKeys('wait', keys), most);
  }

  /** Whether all are there; does not wait. */
  async check(keys: readonly string[]): Promise<boolean> {
    atMost('check', 1, arguments.length);
    return native.storeCheck(this.native, requireKeys('check', keys));
  }

  /** @returns Whether it was there. */
  async deleteKey(key: string): Promise<boolean> {
    atMost('deleteKey', 1, arguments.length);
    return native.storeDeleteKey(this.native, requireKey('deleteKey', key));
  }

  /** Sets a value where the one there is `expected`, or none is and `expected` is empty. @returns What is there then. */
  async compareSet(
    key: string,
    expected: string | Uint8Array,
    desired: string | Uint8Array,
  ): Promise<Uint8Array> {
    atMost('compareSet', 3, arguments.length);
    return native.storeCompareSet(
      this.native,
      requireKey('compareSet', key),
      requireValue('compareSet', expected),
      requireValue('compareSet', desired),
    );
  }

  /** How many keys there are. */
  async numKeys(): Promise<number> {
    atMost('numKeys', 0, arguments.length);
    return native.storeNumKeys(this.native);
  }
}

/** Options of {@link TCPStore.open}. */
export interface TCPStoreOptions {
  /** Whether this process serves the store; the others are clients. Default false. */
  isMaster?: boolean;
  /** How many processes there will be, the server's included. Default: nobody knows. */
  worldSize?: number;
  /** How long to wait, milliseconds, also for each later call. Default 300,000. */
  timeout?: number;
  /** Whether a server waits until all processes are there. Default true. */
  waitForWorkers?: boolean;
}

const tcpSpec = {
  isMaster: flag.or(false),
  worldSize: integer(1).optional(),
  timeout: number(1).or(300_000),
  waitForWorkers: flag.or(true),
} satisfies SpecOf<TCPStoreOptions>;

// libtorch keeps to the time while it looks for the server, not while it waits for what it took for one to speak.
async function answered<T>(opening: Promise<T>, where: string, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(
        new TorchError(
          'ERR_DISTRIBUTED_TIMEOUT',
          `no store has answered at ${where} within ${timeout} ms`,
        ),
      );
    timer = setTimeout(fail, Math.min(1.2 * timeout + slack, longestTimer));
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}

// libtorch's own last try begins within its time.
const slack = 5000;
const longestTimer = 2 ** 31 - 1;

/** A store that one process serves over TCP; mirrors `torch.distributed.TCPStore`. */
export class TCPStore extends Store {
  /**
   * Opens the connection, which may take as long as the timeout: there is no constructor.
   *
   * @param hostName - Of the server.
   * @param port - 0: any; {@link port} says which.
   * @throws {TorchError} `ERR_DISTRIBUTED_TIMEOUT`, `ERR_DISTRIBUTED_ADDRESS`, `ERR_DISTRIBUTED_CONNECT`
   */
  static async open(hostName: string, port: number, options?: TCPStoreOptions): Promise<TCPStore> {
    atMost('TCPStore.open', 3, arguments.length);
    const name = text.read('TCPStore.open: hostName', hostName);
    const at = requirePort('TCPStore.open', port);
    const given = readOptions('TCPStore.open', tcpSpec, options);
    const { isMaster, worldSize, timeout, waitForWorkers } = given;
    openLibrary();
    // Not on libuv: a server's calls of it would end in Node's own.
    const wait = waitForWorkers && worldSize !== undefined;
    const most = Math.ceil(timeout);
    const opening = native.openTcpStore(name, at, isMaster, worldSize, wait, false, most);
    return new TCPStore(await answered(opening, `${name}:${at}`, most));
  }

  /** Where the server listens. */
  get port(): number {
    return native.storePort(this.native);
  }
}

/** @throws {TypeError} `ERR_INVALID_ARG` */
export function requirePort(what: string, port: unknown): number {
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535) {
    return port as number;
  }
  throw invalidArgument(`${what}: expected a port from 0 to 65535, got ${inspect(port)}`);
}

/** A store in a file that all processes see; mirrors `torch.distributed.FileStore`. */
export class FileStore extends Store {
  /**
   * Opens the file, or makes it.
   * @param worldSize - How many processes there are: the last one to go removes the file.
   * @throws {TorchError} `ERR_FILE_NOT_FOUND` where there is no such folder.
   */
  static async open(path: string, worldSize?: number): Promise<FileStore> {
    atMost('FileStore.open', 2, arguments.length);
    const file = text.read('FileStore.open: path', path);
    const size =
      worldSize === undefined ? undefined : integer(1).read('FileStore.open: worldSize', worldSize);
    if (!existsSync(dirname(file))) {
      throw new TorchError(
        'ERR_FILE_NOT_FOUND',
        `FileStore.open: there is no folder ${dirname(file)}`,
      );
    }
    openLibrary();
    return new FileStore(await native.openFileStore(file, size));
  }
}

/**
 * A store within this process; mirrors `torch.distributed.HashStore`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where something is given.
 * @example
 * const store = new torch.distributed.HashStore();
 * await store.set('name', 'a');
 * [await store.add('count', 2), await store.add('count', 3)]; // → [ 2, 5 ]
 */
export class HashStore extends Store {
  constructor() {
    atMost('HashStore', 0, arguments.length);
    openLibrary();
    super(native.openHashStore());
  }
}

/**
 * Another store, with something in front of each key; mirrors `torch.distributed.PrefixStore`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a store.
 * @example
 * const store = new torch.distributed.HashStore();
 * await new torch.distributed.PrefixStore('mine', store).set('name', 'a');
 * new TextDecoder().decode(await store.get('mine/name')); // → 'a'
 */
export class PrefixStore extends Store {
  /** Whose keys they are in the end. */
  readonly underlyingStore: Store;

  constructor(prefix: string, store: Store) {
    atMost('PrefixStore', 2, arguments.length);
    if (!(store instanceof Store)) {
      throw invalidArgument(`PrefixStore: store: expected a Store, got ${inspect(store)}`);
    }
    super(native.openPrefixStore(text.read('PrefixStore: prefix', prefix), store.native));
    this.underlyingStore = store;
  }
}
