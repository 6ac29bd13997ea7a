/** Reads numbers and text from bytes in order; little-endian where pickles are. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #corrupt: (expected: string, found: string) => Error;
  #position = 0;

  constructor(bytes: Buffer, corrupt: (expected: string, found: string) => Error) {
    this.#bytes = bytes;
    this.#corrupt = corrupt;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** A length of 8 bytes. */
  uint64(): number {
    const value = this.#bytes.readBigUInt64LE(this.#advance(8));
    if (value <= this.#bytes.length) return Number(value);
    throw this.#corrupt('a length within the pickle', String(value));
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  /** An integer of any size, in two's complement: a number where that is exact, else a bigint. */
  long(length: number): number | bigint {
    const start = this.#advance(length);
    const bytes = Buffer.from(this.#bytes.subarray(start, start + length)).reverse();
    const value = BigInt.asIntN(8 * length, BigInt(`0x${bytes.toString('hex') || '0'}`));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  text(length: number, encoding: 'utf8' | 'latin1'): string {
    const start = this.#advance(length);
    return this.#bytes.toString(encoding, start, start + length);
  }

  /** Text up to the next line feed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.#corrupt('a line of text', 'the end of the pickle');
    const text = this.text(end - this.#position, 'utf8');
    this.#position++;
    return text;
  }

  // The position of the next `count` bytes.
  #advance(count: number): number {
    const start = this.#position;
    if (count > this.#bytes.length - start) {
      throw this.#corrupt(`${count} more bytes in the pickle`, `${this.#bytes.length - start}`);
    }
    this.#position += count;
    return start;
  }
}
