import { defaultGenerator, defaultGeneratorOf, Generator } from '../context/random.js';
import { BatchSampler } from '../data/loader/batchSampler.js';
import { DataLoader } from '../data/loader/dataloader.js';
import { type Tensor, tensor } from '../tensor/index.js';
import type { Training } from './config.js';

/** States of several generators, by name: uint8 tensors, kept. */
export type RandomStates = Record<string, Tensor>;

/** The generators that a training draws from: the default ones, and what its loaders and their samplers were given. */
export class RandomSources {
  readonly #sources = new Map<string, Generator>([['default', defaultGenerator]]);

  constructor({
    trainIter,
    testIter,
    device,
  }: Pick<Training, 'trainIter' | 'testIter' | 'device'>) {
    if (device.type === 'cuda') this.#sources.set('cuda', defaultGeneratorOf(device));
    for (const [name, batches] of Object.entries({ train: trainIter, test: testIter })) {
      if (!(batches instanceof DataLoader)) continue;
      const { generator, batchSampler } = batches;
      if (generator !== undefined) this.#sources.set(name, generator);
      const sampler = batchSampler instanceof BatchSampler ? batchSampler.sampler : batches.sampler;
      const own = sampler.generator;
      if (own instanceof Generator && own !== generator) this.#sources.set(`${name}.sampler`, own);
    }
  }

  states(): RandomStates {
    const entries = [...this.#sources].map(([name, generator]) => [
      name,
      generator.getState().keep(),
    ]);
    return Object.fromEntries(entries);
  }

  restore(states: RandomStates): void {
    for (const [name, state] of Object.entries(states)) this.#sources.get(name)?.setState(state);
  }
}

/** As bytes, for another process. */
export function bytesOfStates(states: RandomStates): Record<string, Uint8Array> {
  const entries = Object.entries(states).map(([name, state]) => [name, state.data()]);
  return Object.fromEntries(entries) as Record<string, Uint8Array>;
}

export function statesOfBytes(bytes: Readonly<Record<string, Uint8Array>>): RandomStates {
  const entries = Object.entries(bytes).map(([name, each]) => [
    name,
    tensor(each, { dtype: 'uint8' }).keep(),
  ]);
  return Object.fromEntries(entries);
}

export function disposeStates(states: RandomStates | undefined): void {
  for (const state of Object.values(states ?? {})) state.dispose();
}

/** The states of the generators now, and as they were when this epoch began. */
export interface RandomMoments {
  now: RandomStates;
  epoch: RandomStates;
}

/** Remembers the generators at the moments that a checkpoint speaks of. */
export class RandomHistory {
  readonly #sources: RandomSources;
  #epoch: RandomStates;
  /** After the last step of this epoch: its test pass may draw more. */
  #trained: RandomStates | undefined;
  #now: RandomStates = {};
  #redrawn: RandomStates | undefined;

  constructor(sources: RandomSources) {
    this.#sources = sources;
    this.#epoch = sources.states();
  }

  /** Puts the generators back. In an epoch's middle, its order has to be drawn again first: {@link drawn}. */
  restore({ now, epoch }: RandomMoments, place: 'beginning' | 'middle' | 'trained'): void {
    this.#sources.restore(place === 'middle' ? epoch : now);
    disposeStates(this.#epoch);
    this.#epoch = this.#sources.states();
    if (place === 'trained') this.#trained = this.#sources.states();
    if (place !== 'middle') return;
    this.#redrawn = Object.fromEntries(
      Object.entries(now).map(([name, tensor]) => [name, tensor.clone().keep()]),
    );
  }

  /** To be called when the order of a broken-off epoch has been drawn again; `undefined` in a new one. */
  get drawn(): (() => void) | undefined {
    const states = this.#redrawn;
    if (states === undefined) return undefined;
    return () => {
      this.#redrawn = undefined;
      this.#sources.restore(states);
      disposeStates(states);
    };
  }

  endPass(): void {
    this.#trained ??= this.#sources.states();
  }

  beginEpoch(): void {
    disposeStates(this.#trained);
    disposeStates(this.#epoch);
    this.#trained = undefined;
    this.#epoch = this.#sources.states();
  }

  /** For a checkpoint. Valid until the next call. */
  moments(hasSteps: boolean): RandomMoments {
    disposeStates(this.#now);
    this.#now = this.#sources.states();
    const now = this.#trained ?? (hasSteps ? this.#now : this.#epoch);
    return { now, epoch: this.#epoch };
  }

  dispose(): void {
    for (const states of [this.#epoch, this.#trained, this.#now, this.#redrawn])
      disposeStates(states);
  }
}
