import { TorchError } from '../error.js';

// Models that are being trained now. Other tasks run between two steps, and would see half an epoch.
const training = new WeakSet<object>();

/** @throws {TorchError} `ERR_MODEL_BUSY` while `model` is being trained. */
export function requireIdle(model: object, what: string): void {
  if (!training.has(model)) return;
  throw new TorchError(
    'ERR_MODEL_BUSY',
    `${what}: this model is being trained; wait for train() to finish, or use the model in onEpoch`,
  );
}

/** Marks a model as being trained, except while `pause` runs a callback. */
export class TrainingLock {
  readonly #model: object;

  constructor(model: object) {
    requireIdle(model, 'train');
    this.#model = model;
    training.add(model);
  }

  async pause<T>(callback: () => T): Promise<Awaited<T>> {
    training.delete(this.#model);
    const result = await callback();
    requireIdle(this.#model, 'train');
    training.add(this.#model);
    return result;
  }

  release(): void {
    training.delete(this.#model);
  }
}
