import { entriesOf, isDict, kindOf } from '../../argument/dict.js';
import { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { isWellFormed } from '../../files/text.js';
import { byteLength } from '../../tensor/bytes.js';
import { Tensor } from '../../tensor/index.js';
import { PickleWriter } from '../pickle/writer.js';
import { deepest } from './data.js';
import { storageNames } from './storageTypes.js';

/** What a PyTorch file can hold. Frozen arrays are tuples in Python, `Map`s dicts with keys of any kind. */
export type Saveable =
  | Tensor
  | number
  | bigint
  | boolean
  | string
  | null
  | Uint8Array
  | Device
  | readonly Saveable[]
  | ReadonlySet<Saveable>
  | ReadonlyMap<Saveable, Saveable>
  | { readonly [key: string]: Saveable };

/** A pickle, and the tensors whose elements it speaks of as storages 0, 1, 2, … */
export interface Encoded {
  readonly pickle: Buffer;
  readonly tensors: readonly Tensor[];
}

/**
 * Writes data as `torch.save` would, with opcodes and globals that `torch.load(weights_only=True)` knows.
 * @throws {TypeError} `ERR_INVALID_ARG`, naming the place of what cannot be written.
 */
export function encode(data: unknown): Encoded {
  const encoder = new Encoder();
  encoder.value(data, []);
  return { pickle: encoder.writer.finish(), tensors: encoder.tensors };
}

type Path = readonly unknown[];

class Encoder {
  readonly writer = new PickleWriter();
  readonly tensors: Tensor[] = [];
  // Tuples that are being written: one inside itself would have no end.
  readonly #open = new Set<unknown>();

  value(value: unknown, path: Path): void {
    const { writer } = this;
    if (value === null) writer.code('none');
    else if (typeof value === 'boolean') writer.boolean(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#bigint(value, path);
    else if (typeof value === 'string') this.#text(value, path);
    else if (typeof value !== 'object') throw refusal(value, path);
    else if (!writer.recall(value)) this.#object(value, path);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.writer.integer(value);
    else this.writer.float(value);
  }

  #bigint(value: bigint, path: Path): void {
    if (BigInt.asIntN(8 * 255, value) !== value) throw refusal('a bigint of over 2040 bits', path);
    this.writer.integer(value);
  }

  #text(value: string, path: Path): void {
    if (!isWellFormed(value)) throw refusal('a string that is not well-formed Unicode', path);
    this.writer.text(value);
  }

  #object(value: object, path: Path): void {
    if (path.length > deepest) throw refusal(`data nested more than ${deepest} deep`, []);
    if (value instanceof Tensor) this.#tensor(value);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof Device) this.#device(value);
    else if (Array.isArray(value)) this.#list(value, path);
    else if (value instanceof Set) this.#set(value, path);
    else if (value instanceof Map) this.#dict(value, value, path);
    else if (isDict(value)) this.#dict(value, entriesOf(`save: ${placeOf(path)}`, value), path);
    else throw refusal(value, path);
  }

  #list(list: readonly unknown[], path: Path): void {
    const { writer } = this;
    if (Object.keys(list).length > list.length) throw refusal('an array with names', path);
    const items = Array.from(list, (item, i) => () => this.value(item, [...path, i]));
    if (!Object.isFrozen(list)) {
      writer.code('emptyList');
      writer.keep(list);
      this.#filled('appends', items);
      return;
    }
    if (this.#open.has(list)) throw refusal('a frozen array inside itself', path);
    this.#open.add(list);
    writer.tuple(...items);
    this.#open.delete(list);
    writer.keep(list);
  }

  #dict(key: object, entries: Iterable<readonly [unknown, unknown]>, path: Path): void {
    this.writer.code('emptyDict');
    this.writer.keep(key);
    const items = [...entries].map(([name, value]) => () => {
      if (typeof name === 'object' && name !== null) throw refusal('an object as key', path);
      this.value(name, path);
      this.value(value, [...path, name]);
    });
    this.#filled('setItems', items);
  }

  #set(set: ReadonlySet<unknown>, path: Path): void {
    const { writer } = this;
    writer.global('__builtin__', 'set');
    writer.code('emptyList');
    const items = [...set].map((item) => () => {
      if (typeof item === 'object' && item !== null) throw refusal('an object in a Set', path);
      this.value(item, path);
    });
    this.#filled('appends', items);
    writer.code('tuple1');
    writer.code('reduce');
    writer.keep(set);
  }

  #filled(code: 'appends' | 'setItems', items: readonly (() => void)[]): void {
    if (items.length === 0) return;
    this.writer.code('mark');
    for (const item of items) item();
    this.writer.code(code);
  }

  // As Python writes bytes in this protocol: text of the characters 0 to 255.
  #bytes(bytes: Uint8Array): void {
    const { writer } = this;
    writer.global('_codecs', 'encode');
    writer.tuple(
      () => writer.text(Buffer.from(bytes).toString('latin1')),
      () => writer.text('latin1'),
    );
    writer.code('reduce');
    writer.keep(bytes);
  }

  #device(device: Device): void {
    const { writer } = this;
    const { type, index } = device;
    writer.global('torch', 'device');
    const parts = [() => writer.text(type), () => writer.integer(index ?? 0)];
    writer.tuple(...parts.slice(0, index === null ? 1 : 2));
    writer.code('reduce');
    writer.keep(device);
  }

  // Elements in row-major order in a storage of their own, on the CPU.
  #tensor(tensor: Tensor): void {
    const { writer } = this;
    const { dtype, shape, requiresGrad } = tensor;
    const name = storageNames.get(dtype);
    const key = String(this.tensors.length);
    this.tensors.push(tensor);
    const storage = () => {
      writer.tuple(
        () => writer.text('storage'),
        () =>
          name === undefined
            ? writer.global('torch.storage', 'UntypedStorage')
            : writer.global('torch', name),
        () => writer.text(key),
        () => writer.text('cpu'),
        () => writer.integer(name === undefined ? byteLength(tensor) : tensor.numel()),
      );
      writer.code('binPersId');
    };
    const hooks = () => {
      writer.global('collections', 'OrderedDict');
      writer.code('emptyTuple');
      writer.code('reduce');
    };
    writer.global('torch._utils', name === undefined ? '_rebuild_tensor_v3' : '_rebuild_tensor_v2');
    const args = [
      storage,
      () => writer.integer(0),
      () => writer.integers(shape),
      () => writer.integers(rowMajor(shape)),
      () => writer.boolean(requiresGrad),
      hooks,
    ];
    if (name === undefined) args.push(() => writer.global('torch', dtype));
    writer.tuple(...args);
    writer.code('reduce');
    writer.keep(tensor);
  }
}

function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(step);
    step *= Math.max(size, 1);
  }
  return strides;
}

const placeOf = (path: Path): string =>
  path.length === 0 ? 'the data' : path.map(String).join(' → ');

function refusal(value: unknown, path: Path): TypeError {
  const place = placeOf(path);
  const found =
    typeof value === 'string' ? value : typeof value === 'object' ? kindOf(value) : typeof value;
  return invalidArgument(
    `save: ${place}: expected tensors, numbers, strings, booleans, null, bytes, arrays, Sets, Maps and plain ` +
      `objects, got ${found}`,
  );
}
