import { noGrad } from '../../context/autograd.js';
import type { DType } from '../../native/dtype.js';
import { bind } from '../../native/ops.js';
import { elementSize, makeBools } from '../../tensor/bytes.js';
import { empty, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { kindOf } from '../pickle/machine.js';
import { isGlobal, Tuple } from '../pickle/values.js';
import type { Archive } from './archive.js';
import { storageDTypes } from './storageTypes.js';

const setTo = bind<
  (self: Tensor, source: Tensor, offset: number, size: number[], stride: number[]) => Tensor
>('set_.source_Tensor_storage_offset');
const conj = bind<(a: Tensor) => Tensor>('_conj_physical');
const negate = bind<(a: Tensor) => Tensor>('neg');

/** Where a pickle's tensor has its elements. */
export class Storage {
  /** Its name in the archive. */
  readonly entry: string;
  readonly dtype: DType;
  /** Bytes. */
  readonly size: number;

  constructor(entry: string, dtype: DType, size: number) {
    this.entry = entry;
    this.dtype = dtype;
    this.size = size;
  }
}

/** A tensor whose elements are still to be read. */
interface Pending {
  readonly storage: Storage;
  readonly offset: number;
  readonly size: number[];
  readonly stride: number[];
  /** Bits that the elements are to be seen through. */
  readonly conj: boolean;
  readonly neg: boolean;
  requiresGrad: boolean;
}

/**
 * The tensors of a pickle. While it runs they are made empty, and what it says of them is checked against
 * the archive; afterwards {@link fill} reads each storage once. Tensors of one storage share it, as in Python.
 */
export class Tensors {
  readonly #archive: Archive;
  readonly #corrupt: (expected: string, found: string) => Error;
  readonly #pending = new Map<Tensor, Pending>();
  // Bytes.
  #computable: number;

  constructor(archive: Archive, corrupt: (expected: string, found: string) => Error) {
    this.#archive = archive;
    this.#computable = archive.size;
    this.#corrupt = corrupt;
  }

  /** `('storage', type, key, location, count)`: the location says where Python had it; here it is the CPU. */
  storage(id: unknown): Storage {
    const [kind, type, key, , count] = id instanceof Tuple ? id.items : [];
    const dtype = isGlobal(type) ? storageDTypes.get(type.name) : undefined;
    if (kind !== 'storage' || dtype === undefined || typeof key !== 'string') {
      throw this.#corrupt('a storage', kindOf(id));
    }
    const entry = `data/${key}`;
    const size = this.#archive.sizeOf(entry);
    if (size === undefined) throw this.#corrupt(`an entry ${entry}`, 'none');
    const wanted = this.#size(count, 'the number of elements of a storage') * elementSize(dtype);
    if (wanted !== size) throw this.#corrupt(`${wanted} bytes in its entry ${entry}`, `${size}`);
    return new Storage(entry, dtype, size);
  }

  /** `_rebuild_tensor_v2`, and v3 with a dtype of its own. */
  rebuild(args: readonly unknown[], dtype?: DType): Tensor {
    const [storage, offset, size, stride, requiresGrad] = args;
    const bits = args[dtype === undefined ? 6 : 7];
    if (!(storage instanceof Storage)) throw this.#corrupt('a storage', kindOf(storage));
    const type = dtype ?? storage.dtype;
    const pending: Pending = {
      storage,
      offset: this.#size(offset, 'the offset of a tensor'),
      size: this.#sizes(size, 'the shape of a tensor'),
      stride: this.#sizes(stride, 'the strides of a tensor'),
      conj: bits instanceof Map && bits.get('conj') === true,
      neg: bits instanceof Map && bits.get('neg') === true,
      requiresGrad: false,
    };
    this.#checkPlace(pending, elementSize(type));
    const tensor = empty(0, { dtype: type }).keep();
    this.#pending.set(tensor, pending);
    return this.want(tensor, requiresGrad);
  }

  /** A tensor of this pickle, and whether it wants gradients. */
  want(tensor: unknown, requiresGrad: unknown): Tensor {
    const pending = this.#pending.get(tensor as Tensor);
    if (pending === undefined) throw this.#corrupt('a tensor', kindOf(tensor));
    pending.requiresGrad = requiresGrad === true;
    if (pending.requiresGrad && !/float|complex/.test((tensor as Tensor).dtype)) {
      throw this.#corrupt('gradients of floats alone', `of ${(tensor as Tensor).dtype}`);
    }
    return tensor as Tensor;
  }

  /** Reads the elements of the tensors that are in the data; others, which the pickle dropped, go. */
  async fill(wanted: ReadonlySet<Tensor>): Promise<void> {
    const byEntry = new Map<string, [Tensor, Pending][]>();
    for (const pair of this.#pending) {
      if (!wanted.has(pair[0])) {
        pair[0].dispose();
        continue;
      }
      const { entry } = pair[1].storage;
      const known = byEntry.get(entry);
      if (known === undefined) byEntry.set(entry, [pair]);
      else known.push(pair);
    }
    for (const [entry, pairs] of byEntry) {
      const bytes = await this.#archive.readBytes(entry);
      try {
        if (pairs.some(([tensor]) => tensor.dtype === 'bool')) makeBools(bytes);
        for (const [tensor, pending] of pairs) place(tensor, bytes, pending);
      } finally {
        bytes.dispose();
      }
    }
  }

  /** Lets go of all tensors, when the file turns out not to load. */
  dispose(): void {
    for (const tensor of this.#pending.keys()) tensor.dispose();
  }

  // That all elements lie in the storage.
  #checkPlace(pending: Pending, width: number): void {
    const { storage, offset, size, stride } = pending;
    if (stride.length !== size.length) {
      throw this.#corrupt(`${size.length} strides of a tensor`, `${stride.length}`);
    }
    // Sizes of 0 count as 1: what is left out must not be beyond numbers either.
    const count = size.reduce((product, each) => product * Math.max(each, 1), 1);
    const last = size.reduce((sum, each, i) => sum + Math.max(each - 1, 0) * stride[i]!, offset);
    if (!Number.isSafeInteger(count * width) || !Number.isSafeInteger(last * width)) {
      throw this.#corrupt('a shape that fits in memory', `[${size}]`);
    }
    const end = size.includes(0) ? 0 : (last + 1) * width;
    if (end > storage.size) {
      throw this.#corrupt(
        `a tensor within the ${storage.size} bytes of ${storage.entry}`,
        `one up to byte ${end}`,
      );
    }
    // Elements behind such a bit are computed, not only looked at: a view's repetitions would take memory.
    if (pending.conj || pending.neg) this.#computable -= count * width;
    if (this.#computable < 0) {
      throw this.#corrupt('views that are as large as the file to conjugate or negate', 'more');
    }
  }

  #size(value: unknown, what: string): number {
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw this.#corrupt(`an integer ≥ 0 as ${what}`, `${value}`);
    }
    return value as number;
  }

  #sizes(value: unknown, what: string): number[] {
    if (!(value instanceof Tuple)) throw this.#corrupt(`a tuple as ${what}`, kindOf(value));
    return value.items.map((each) => this.#size(each, what));
  }
}

function place(tensor: Tensor, bytes: Tensor, pending: Pending): void {
  const { offset, size, stride, requiresGrad } = pending;
  noGrad(() =>
    tidy(() => {
      setTo(tensor, bytes, offset, size, stride);
      if (!pending.conj && !pending.neg) return;
      let seen = tensor;
      if (pending.conj) seen = conj(seen);
      if (pending.neg) seen = negate(seen);
      setTo(tensor, seen, 0, seen.shape, seen.strides);
    }),
  );
  if (requiresGrad) tensor.requiresGrad = true;
}
