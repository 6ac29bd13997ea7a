import { loadSafetensors } from '../io/index.js';
import type { Module } from '../nn/index.js';
import type { StateDict } from '../nn/module/stateDict.js';
import { checkpointName } from '../run/run.js';

/** Weights that can be given to a network of their kind. */
export interface Weights {
  /** The same for the same weights. */
  readonly key: string;
  /** What their file says of the model: what neither names nor shapes tell. */
  readonly metadata: Readonly<Record<string, string>>;
  load(net: Module): void;
}

const mostRemembered = 12;

/** Weights of files, the last few of them remembered: a slider asks for neighbours again and again. */
export class WeightFiles {
  readonly #remembered = new Map<string, Contents & { readonly key: string }>();

  /**
   * @param key - Another one for other contents of the same file.
   * @throws {TorchError} As `loadSafetensors`.
   */
  async read(path: string, key: string): Promise<Weights> {
    let found = this.#remembered.get(path);
    if (found?.key !== key) {
      found = { key, ...(await read(path)) };
    }
    this.#remembered.delete(path);
    this.#remembered.set(path, found);
    const [oldest] = this.#remembered.keys();
    // Its tensors may be about to be loaded by somebody: they go when nobody has them any more.
    if (this.#remembered.size > mostRemembered) this.#remembered.delete(oldest!);
    const { state, metadata } = found;
    return { key: `${path} ${key}`, metadata, load: (net) => void net.loadStateDict(state) };
  }
}

interface Contents {
  readonly state: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}

async function read(path: string): Promise<Contents> {
  const { tensors, metadata } = await loadSafetensors(path);
  if (!path.endsWith(checkpointName)) return { state: tensors, metadata };
  const state: StateDict = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.startsWith('model.')) state[name.slice('model.'.length)] = tensor;
    else tensor.dispose();
  }
  return { state, metadata };
}
