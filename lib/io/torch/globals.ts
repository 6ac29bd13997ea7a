import { TorchError } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { isDType } from '../../tensor/dtypes.js';
import { kindOf } from '../pickle/machine.js';
import { type Global, isGlobal, isKey, type Key, makeGlobal, Tuple } from '../pickle/values.js';
import { storageDTypes } from './storageTypes.js';
import type { Tensors } from './tensors.js';

/** What the globals of a pickle need. */
export interface Context {
  readonly tensors: Tensors;
  corrupt(expected: string, found: string): Error;
  /** Counts what is copied, so that a pickle cannot ask for the same copy again and again. */
  charge(amount: number): void;
}

type Call = (args: readonly unknown[]) => unknown;

// What a tensor costs, in bytes of a pickle; the shortest way to write one takes more.
const tensorCharge = 32;

/**
 * The globals that PyTorch's files of data name: nothing else is ever called, and none of these does
 * anything but build data.
 */
export function knownGlobals(context: Context): (name: string) => Global | undefined {
  const calls: Readonly<Record<string, Call>> = {
    ...collections(context),
    ...builtins(context),
    ...rebuilding(context),
  };
  const made = new Map<string, Global>();
  return (name) => {
    let global = made.get(name);
    if (global === undefined) {
      const found = describe(name, calls);
      if (found === undefined) return undefined;
      global = makeGlobal(found);
      made.set(name, global);
    }
    return global;
  };
}

// Classes of tensors: they occur as arguments alone.
const tensorClasses = ['torch.Tensor', 'torch.nn.parameter.Parameter'];

function describe(name: string, calls: Readonly<Record<string, Call>>): Global | undefined {
  if (Object.hasOwn(calls, name)) return { name, call: calls[name] as Call };
  if (storageDTypes.has(name) || tensorClasses.includes(name)) return { name };
  const short = name.replace(/^torch\./, '');
  return isDType(short) && short !== name ? { name, value: short } : undefined;
}

function collections({ corrupt, charge }: Context): Record<string, Call> {
  const pairOf = (pair: unknown): [Key, unknown] => {
    const items = pair instanceof Tuple ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2 || !isKey(items[0])) {
      throw corrupt('pairs of key and value', kindOf(pair));
    }
    return [items[0], items[1]];
  };
  const dict: Call = ([items = []]) => {
    if (!Array.isArray(items) && !(items instanceof Map)) throw corrupt('a list', kindOf(items));
    const pairs = items instanceof Map ? items : items.map(pairOf);
    charge(items instanceof Map ? items.size : items.length);
    return new Map(pairs as Iterable<[Key, unknown]>);
  };
  return {
    'collections.OrderedDict': dict,
    'collections.Counter': dict,
    'torch.Size': ([items]) => {
      if (!(items instanceof Tuple)) throw corrupt('a tuple', kindOf(items));
      return items;
    },
  };
}

function builtins({ corrupt, charge }: Context): Record<string, Call> {
  return {
    // Protocol 2 writes bytes as text of the characters 0 to 255.
    '_codecs.encode': ([text, encoding]) => {
      if (typeof text !== 'string' || encoding !== 'latin1') {
        throw corrupt('text of bytes', kindOf(text));
      }
      charge(text.length);
      const bytes = Buffer.from(text, 'latin1');
      if (bytes.toString('latin1') !== text) throw corrupt('text of bytes', 'other characters');
      return new Uint8Array(bytes);
    },
    'builtins.bytearray': ([bytes = new Uint8Array(0)]) => {
      if (!(bytes instanceof Uint8Array)) throw corrupt('bytes', kindOf(bytes));
      return bytes;
    },
    'builtins.set': ([items = []]) => {
      if (!Array.isArray(items) || !items.every(isKey)) {
        throw corrupt('a list of strings and numbers', kindOf(items));
      }
      charge(items.length);
      return new Set(items);
    },
    'torch.device': ([type, index]) => {
      if (typeof type !== 'string') throw corrupt('the name of a device', kindOf(type));
      return index === undefined ? type : `${type}:${index}`;
    },
  };
}

function rebuilding({ tensors, corrupt, charge }: Context): Record<string, Call> {
  const parameter: Call = ([data, requiresGrad]) => tensors.want(data, requiresGrad);
  const rebuild = (args: readonly unknown[], dtype?: DType) => {
    charge(tensorCharge);
    return tensors.rebuild(args, dtype);
  };
  const calls: Record<string, Call> = {
    'torch._utils._rebuild_tensor_v2': (args) => rebuild(args),
    'torch._utils._rebuild_tensor_v3': (args) => {
      const dtype = args[6];
      if (!isGlobal(dtype) || !isDType(dtype.value)) throw corrupt('a dtype', kindOf(dtype));
      return rebuild(args, dtype.value);
    },
    'torch._utils._rebuild_parameter': parameter,
    'torch._utils._rebuild_parameter_with_state': parameter,
  };
  return {
    ...calls,
    // A tensor with Python attributes, which are left out.
    'torch._tensor._rebuild_from_type_v2': ([rebuilder, , args]) => {
      const call = isGlobal(rebuilder) ? calls[rebuilder.name] : undefined;
      if (call === undefined || !(args instanceof Tuple)) {
        throw corrupt('a way to rebuild a tensor', kindOf(rebuilder));
      }
      return call(args.items);
    },
  };
}

/** A class or function that is no data. */
export function unknownGlobal(path: string, name: string): TorchError {
  return new TorchError(
    'ERR_PICKLE_GLOBAL',
    `${path}: it names '${name}', which is not data: only tensors, numbers, strings, bytes, lists, tuples, ` +
      'sets and dicts are loaded, and nothing is executed. In Python save a state dict: ' +
      'torch.save(net.state_dict(), path)',
  );
}
