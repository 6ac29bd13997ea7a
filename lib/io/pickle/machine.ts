import { opcodes as op } from './opcodes.js';
import { Reader } from './reader.js';
import { type Global, isGlobal, isKey, type Key, Tuple } from './values.js';

/** What the machine asks for. Each may throw, to refuse. */
export interface Outside {
  /** A class, function or constant by name. */
  global(name: string): Global;
  /** The object that a file keeps outside its pickle: in PyTorch's files, a storage. */
  persistent(id: unknown): unknown;
  /** An error about what may be right, but is not known here. */
  unknown(what: string): Error;
  /** An error about the file: what was expected, what was found. */
  corrupt(expected: string, found: string): Error;
}

/**
 * Runs a pickle as a stack machine that only builds data: numbers, strings, lists, {@link Tuple}s, dicts
 * (as `Map`s), and what `outside` makes of globals. A step costs constant memory, so that a pickle costs
 * no more than its own length; what globals copy, they have to bound themselves.
 */
export function runPickle(bytes: Buffer, outside: Outside): unknown {
  return new Machine(bytes, outside).run();
}

class Machine {
  readonly #reader: Reader;
  readonly #outside: Outside;
  readonly #memo = new Map<number, unknown>();
  // Stacks below the marks.
  readonly #marked: unknown[][] = [];
  #stack: unknown[] = [];

  constructor(bytes: Buffer, outside: Outside) {
    this.#outside = outside;
    this.#reader = new Reader(bytes, outside.corrupt);
  }

  run(): unknown {
    for (;;) {
      const code = this.#reader.uint8();
      if (code === op.stop) return this.#pop();
      const literal = this.#literal(code);
      if (literal !== undefined) this.#stack.push(literal);
      else if (!this.#tuples(code) && !this.#fill(code) && !this.#memory(code)) this.#objects(code);
    }
  }

  // Values that stand in the pickle itself; undefined for any other opcode.
  #literal(code: number): unknown {
    const reader = this.#reader;
    switch (code) {
      case op.none:
        return null;
      case op.newTrue:
        return true;
      case op.newFalse:
        return false;
      case op.binInt:
        return reader.int32();
      case op.binInt1:
        return reader.uint8();
      case op.binInt2:
        return reader.uint16();
      case op.long1:
        return reader.long(reader.uint8());
      case op.binFloat:
        return reader.float64();
      case op.binUnicode:
        return reader.text(reader.uint32(), 'utf8');
      case op.shortBinUnicode:
        return reader.text(reader.uint8(), 'utf8');
      case op.binUnicode8:
        return reader.text(reader.uint64(), 'utf8');
      case op.shortBinBytes:
        return reader.bytes(reader.uint8());
      case op.binBytes:
        return reader.bytes(reader.uint32());
      case op.binBytes8:
      case op.byteArray8:
        return reader.bytes(reader.uint64());
      case op.emptySet:
        return new Set<Key>();
      case op.shortBinString:
        return reader.text(reader.uint8(), 'latin1');
      case op.emptyList:
        return [];
      case op.emptyDict:
        return new Map<Key, unknown>();
      case op.emptyTuple:
        return new Tuple([]);
      default:
        return undefined;
    }
  }

  #tuples(code: number): boolean {
    if (code === op.mark) {
      this.#marked.push(this.#stack);
      this.#stack = [];
    } else if (code === op.tuple) {
      const items = this.#popMark();
      this.#stack.push(new Tuple(items));
    } else if (code >= op.tuple1 && code <= op.tuple3) {
      const count = code - op.tuple1 + 1;
      if (this.#stack.length < count) throw this.#underflow();
      this.#stack.push(new Tuple(this.#stack.splice(-count)));
    } else {
      return false;
    }
    return true;
  }

  #fill(code: number): boolean {
    switch (code) {
      case op.append: {
        const item = this.#pop();
        this.#top(isList, 'a list to append to').push(item);
        return true;
      }
      case op.appends: {
        const items = this.#popMark();
        const list = this.#top(isList, 'a list to append to');
        for (const item of items) list.push(item);
        return true;
      }
      case op.addItems: {
        const items = this.#popMark();
        const set = this.#top(isSet, 'a set to add items to');
        for (const item of items) {
          if (!isKey(item))
            throw this.#outside.corrupt('strings and numbers in a set', kindOf(item));
          set.add(item);
        }
        return true;
      }
      case op.setItem: {
        const value = this.#pop();
        this.#set([this.#pop(), value]);
        return true;
      }
      case op.setItems:
        this.#set(this.#popMark());
        return true;
      default:
        return false;
    }
  }

  #set(items: readonly unknown[]): void {
    const dict = this.#top(isDict, 'a dict to put items into');
    if (items.length % 2 !== 0) {
      throw this.#outside.corrupt('keys and values in pairs', `${items.length} objects`);
    }
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (!isKey(key)) {
        throw this.#outside.corrupt('a string or number as key of a dict', kindOf(key));
      }
      dict.set(key, items[i + 1]);
    }
  }

  #memory(code: number): boolean {
    const reader = this.#reader;
    if (code === op.binPut || code === op.longBinPut) {
      const index = code === op.binPut ? reader.uint8() : reader.uint32();
      this.#memo.set(index, this.#peek());
    } else if (code === op.memoize) {
      this.#memo.set(this.#memo.size, this.#peek());
    } else if (code === op.binGet || code === op.longBinGet) {
      const index = code === op.binGet ? reader.uint8() : reader.uint32();
      if (!this.#memo.has(index)) {
        throw this.#outside.corrupt('an object that was kept before', `number ${index}`);
      }
      this.#stack.push(this.#memo.get(index));
    } else {
      return false;
    }
    return true;
  }

  #objects(code: number): void {
    const { corrupt } = this.#outside;
    switch (code) {
      case op.proto: {
        const version = this.#reader.uint8();
        if (version > 5) throw this.#outside.unknown(`pickle protocol ${version}`);
        return;
      }
      case op.global: {
        const [module, name] = [this.#reader.line(), this.#reader.line()];
        this.#global(module, name);
        return;
      }
      case op.stackGlobal: {
        const name = this.#pop();
        const module = this.#pop();
        if (typeof module !== 'string' || typeof name !== 'string') {
          throw corrupt('the name of a class', kindOf(name));
        }
        this.#global(module, name);
        return;
      }
      case op.frame:
        this.#reader.uint64();
        return;
      case op.reduce: {
        const args = this.#pop();
        const callee = this.#pop();
        if (!(args instanceof Tuple)) throw corrupt('a tuple of arguments', kindOf(args));
        if (!isGlobal(callee) || callee.call === undefined) {
          throw corrupt('a function to call', kindOf(callee));
        }
        this.#stack.push(callee.call(args.items));
        return;
      }
      case op.build:
        // Attributes, such as the versions that a state dict carries: data in Python alone.
        this.#pop();
        this.#peek();
        return;
      case op.binPersId:
        this.#stack.push(this.#outside.persistent(this.#pop()));
        return;
      default: {
        const text = code.toString(16).padStart(2, '0');
        throw corrupt('an opcode that PyTorch writes', `0x${text}`);
      }
    }
  }

  #global(module: string, name: string): void {
    // Python 2's name, which protocol 2 still writes.
    const home = module === '__builtin__' ? 'builtins' : module;
    this.#stack.push(this.#outside.global(`${home}.${name}`));
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.#underflow();
    return this.#stack.pop();
  }

  #peek(): unknown {
    if (this.#stack.length === 0) throw this.#underflow();
    return this.#stack.at(-1);
  }

  #top<T>(fits: (value: unknown) => value is T, expected: string): T {
    const value = this.#peek();
    if (!fits(value)) throw this.#outside.corrupt(expected, kindOf(value));
    return value;
  }

  #popMark(): unknown[] {
    const below = this.#marked.pop();
    if (below === undefined) throw this.#outside.corrupt('a mark on the stack', 'none');
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  #underflow(): Error {
    return this.#outside.corrupt('an object on the stack', 'none');
  }
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isSet = (value: unknown): value is Set<Key> => value instanceof Set;
const isDict = (value: unknown): value is Map<Key, unknown> => value instanceof Map;

/** The kind of a value in Python's words, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'None';
  if (isGlobal(value)) return value.name;
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Tuple) return 'a tuple';
  if (value instanceof Map) return 'a dict';
  return typeof value === 'object' ? `a ${value.constructor.name}` : `a ${typeof value}`;
}
