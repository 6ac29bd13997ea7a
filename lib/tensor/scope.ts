import { atMost } from '../argument/atMost.js';
import { callback } from '../argument/kind.js';
import { isPromise } from '../context/synchronous.js';
import { native } from '../native/load.js';
import { atStretchEnd, seesStretches } from '../native/runtime.js';
import { tensorKind } from './kinds.js';
import { Tensor } from './tensor.js';

// An ambient scope belongs to the synchronous stretch of code that opened it: it ends where another task can run.
let isWatched = false;

// Where that cannot be seen a scope takes nothing more but results of its own tensors.
function lastForStretch(id: number): void {
  if (!seesStretches) native.leaveScope(id);
  else watchStretch();
}

function watchStretch(): void {
  if (isWatched) return;
  isWatched = true;
  atStretchEnd(() => {
    isWatched = false;
    native.leaveAllScopes();
  });
}

/** Opens the scope of one batch, which `make` makes in it: results of the batch's tensors join it wherever they are made. */
export function openBatchScope<T>(make: () => T): { id: number; batch: T } {
  const id = native.openScope(false);
  try {
    const batch = make();
    lastForStretch(id);
    return { id, batch };
  } catch (error) {
    native.closeScope(id);
    throw error;
  }
}

export function closeBatchScope(id: number): void {
  native.closeScope(id);
}

// Moves the tensors of a result (in arrays and plain objects too) to the scope around.
function escape(value: unknown, id: number, parent: number, seen = new Set<object>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Tensor) {
    if (!value.isDisposed && value.scopeId === id) value.moveToScope(parent);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  if (plain) for (const part of Object.values(value)) escape(part, id, parent, seen);
}

/**
 * Runs `fn` and releases every tensor made in it, except those that it returns (also inside arrays
 * and plain objects) and those on which `keep()` was called. For an async function the scope closes
 * when its promise settles; after its first `await` only results of its own tensors join the scope.
 *
 * @returns What `fn` returns.
 * @example
 * torch.tidy(() => torch.ones(3).add(2).sum()).item(); // → 9
 */
export function tidy<T>(fn: () => T): T {
  atMost('tidy', 1, arguments.length);
  callback().read('tidy: fn', fn);
  const id = native.openScope(true);
  const parent = native.parentScope(id);
  const finish = (result: unknown): void => {
    escape(result, id, native.parentScope(id) === parent ? parent : 0);
    native.closeScope(id);
  };
  let result: T;
  try {
    result = fn();
  } catch (error) {
    native.closeScope(id);
    throw error;
  }
  if (!isPromise(result)) {
    finish(result);
    return result;
  }
  native.leaveScope(id);
  return result.then(
    (value) => {
      finish(value);
      return value;
    },
    (error) => {
      native.closeScope(id);
      throw error;
    },
  ) as T;
}

/** A scope made by {@link scope}: releases its tensors when it is disposed of. */
export class Scope {
  readonly #id: number;

  /** @internal Use {@link scope}. */
  constructor() {
    atMost('Scope', 0, arguments.length);
    this.#id = native.openScope(true);
    lastForStretch(this.#id);
  }

  /** Lets a tensor outlive the scope; returns it. */
  keep<T extends Tensor>(tensor: T): T {
    atMost('keep', 1, arguments.length);
    tensorKind.read('keep: tensor', tensor);
    return tensor.keep();
  }

  /** Releases the tensors made since the scope was opened, except kept ones. */
  dispose(): void {
    atMost('dispose', 0, arguments.length);
    native.closeScope(this.#id);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Opens a scope that lasts until it is disposed of: `using scope = torch.scope()`. It takes what is made until the code waits,
 * and results of its own tensors later too. A runtime that does not say when code waits (docs/runtimes.md) takes nothing: what is
 * made goes when it is collected; {@link tidy} is the same there as everywhere.
 * @example
 * const scope = torch.scope();
 * const sum = torch.ones(3).sum().item();
 * scope[Symbol.dispose](); // or: using scope = torch.scope()
 * sum; // → 3
 */
export function scope(): Scope {
  atMost('scope', 0, arguments.length);
  return new Scope();
}

/**
 * What is alive in this thread: `tensors`, the number of tensor objects, and `bytes`, the memory
 * behind them, each storage counted once, wherever it lies. Where CUDA is in use, `cudaBytes` too: what
 * all threads' tensors take on the GPUs.
 *
 * @example
 * const before = torch.memory().tensors;
 * const kept = torch.ones(3).keep();
 * torch.memory().tensors - before; // → 1
 * kept.dispose();
 */
export function memory(): { tensors: number; bytes: number; cudaBytes?: number } {
  atMost('memory', 0, arguments.length);
  const count = native.cudaDeviceCount();
  if (count === 0) return native.memory();
  let cudaBytes = 0;
  for (let index = 0; index < count; index++) {
    cudaBytes += native.cudaMemoryStats(index).allocated;
  }
  return { ...native.memory(), cudaBytes };
}
