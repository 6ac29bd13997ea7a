import { opcodes as op } from './opcodes.js';

/** Writes a pickle of protocol 2, opcode by opcode. */
export class PickleWriter {
  readonly #parts: Buffer[] = [Buffer.from([op.proto, 2])];
  // Numbers of the objects that are kept for another mention.
  readonly #memo = new Map<unknown, number>();

  /** The whole pickle. */
  finish(): Buffer {
    this.code('stop');
    return Buffer.concat(this.#parts);
  }

  code(name: keyof typeof op): void {
    this.#parts.push(Buffer.from([op[name]]));
  }

  /** Keeps the object on top of the stack under a key of JavaScript's. */
  keep(key: unknown): void {
    const number = this.#memo.size;
    this.#memo.set(key, number);
    this.#indexed('binPut', 'longBinPut', number);
  }

  /** Mentions an object again; `false` when it was not kept. */
  recall(key: unknown): boolean {
    const number = this.#memo.get(key);
    if (number === undefined) return false;
    this.#indexed('binGet', 'longBinGet', number);
    return true;
  }

  /** A class, function or constant: `'torch._utils'`, `'_rebuild_tensor_v2'`. */
  global(module: string, name: string): void {
    const key = `${module}\n${name}\n`;
    if (this.recall(key)) return;
    this.code('global');
    this.#parts.push(Buffer.from(key));
    this.keep(key);
  }

  boolean(value: boolean): void {
    this.code(value ? 'newTrue' : 'newFalse');
  }

  /** @param value - At most 255 bytes large. */
  integer(value: number | bigint): void {
    if (value >= 0 && value < 1 << 8) {
      this.#parts.push(Buffer.from([op.binInt1, Number(value)]));
    } else if (value >= -(2 ** 31) && value < 2 ** 31) {
      const bytes = Buffer.from([op.binInt, 0, 0, 0, 0]);
      bytes.writeInt32LE(Number(value), 1);
      this.#parts.push(bytes);
    } else {
      const big = BigInt(value);
      let length = 8;
      while (BigInt.asIntN(8 * length, big) !== big) length++;
      const digits = BigInt.asUintN(8 * length, big)
        .toString(16)
        .padStart(2 * length, '0');
      this.#parts.push(Buffer.from([op.long1, length]), Buffer.from(digits, 'hex').reverse());
    }
  }

  float(value: number): void {
    const bytes = Buffer.alloc(9, op.binFloat);
    bytes.writeDoubleBE(value, 1);
    this.#parts.push(bytes);
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, op.binUnicode);
    head.writeUInt32LE(bytes.length, 1);
    this.#parts.push(head, bytes);
  }

  /** A tuple of what `items` write. */
  tuple(...items: (() => void)[]): void {
    if (items.length > 3) this.code('mark');
    for (const item of items) item();
    this.code((['emptyTuple', 'tuple1', 'tuple2', 'tuple3'] as const)[items.length] ?? 'tuple');
  }

  /** A tuple of integers. */
  integers(values: readonly number[]): void {
    this.tuple(...values.map((value) => () => this.integer(value)));
  }

  #indexed(short: 'binPut' | 'binGet', long: 'longBinPut' | 'longBinGet', index: number): void {
    if (index < 1 << 8) {
      this.#parts.push(Buffer.from([op[short], index]));
      return;
    }
    const bytes = Buffer.alloc(5, op[long]);
    bytes.writeUInt32LE(index, 1);
    this.#parts.push(bytes);
  }
}
