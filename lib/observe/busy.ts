import { TorchError } from '../error.js';
import type { Module } from '../nn/index.js';

// Which modules are being trained, and by whom; how many evaluations use a module. Other tasks run
// between two steps, and would see (or change) half an epoch.
const trained = new WeakMap<object, TrainingLock>();
const uses = new WeakMap<object, number>();

// All modules of a network; a plain function stands for itself.
function parts(model: Module | object): object[] {
  const { modules } = model as Partial<Module>;
  return typeof modules === 'function' ? [...modules.call(model as Module)] : [model];
}

function busy(what: string, doing: string): never {
  throw new TorchError(
    'ERR_MODEL_BUSY',
    `${what}: this model (or a part of it) is being ${doing}; wait for that to finish`,
  );
}

/** @throws {TorchError} `ERR_MODEL_BUSY` while any of a model's modules is being trained. */
export function refuseTrained(all: readonly object[], what: string): void {
  if (all.some((part) => trained.has(part))) busy(what, 'trained (onEpoch may use it)');
}

/**
 * Says that a model is in use, until the returned function is called. Uses may overlap.
 * @param all - Its modules, where they are known.
 * @throws {TorchError} `ERR_MODEL_BUSY` while any part of it is being trained.
 */
export function beginUse(
  model: Module | object,
  what: string,
  all: readonly object[] = parts(model),
): () => void {
  refuseTrained(all, what);
  for (const part of all) uses.set(part, (uses.get(part) ?? 0) + 1);
  return () => {
    for (const part of all) uses.set(part, (uses.get(part) ?? 1) - 1);
  };
}

/** Keeps a model to one training, except while {@link pause} runs a callback. */
export class TrainingLock {
  readonly #parts: object[];

  constructor(model: Module) {
    this.#parts = parts(model);
    this.#take();
  }

  #take(): void {
    if (this.#parts.some((part) => trained.has(part))) busy('train', 'trained');
    if (this.#parts.some((part) => (uses.get(part) ?? 0) > 0)) busy('train', 'evaluated');
    for (const part of this.#parts) trained.set(part, this);
  }

  /** Lets a callback use the model. What it has started must be over when it ends. */
  async pause<T>(callback: () => T): Promise<Awaited<T>> {
    this.release();
    const result = await callback();
    this.#take();
    return result;
  }

  /** Gives back what is still this lock's own. */
  release(): void {
    for (const part of this.#parts) if (trained.get(part) === this) trained.delete(part);
  }
}
