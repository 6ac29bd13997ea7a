import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

import { maskedChecksum } from './record.js';

const pattern = /^events\.out\.tfevents\.\d+\./;
// Longer ones are none that this package writes.
const longestRecord = 2 ** 26;
const pieceBytes = 2 ** 20;

/** Who is told what event files hold of a tag. */
export interface ScalarSink {
  add(step: number, value: number): void;
  /** What earlier files have from a step on does not count any more. */
  cut(firstStep: number): void;
}

/**
 * Reads the numbers of one tag from a run's event files, in their order, and goes on where it stopped: what is being
 * written is read when it is whole. A file that is damaged is left where it is.
 */
export class EventReader {
  readonly #dir: string;
  readonly #tag: string;
  readonly #sink: ScalarSink;
  // Bytes of each file that have been read.
  readonly #read = new Map<string, number>();

  constructor(dir: string, tag: string, sink: ScalarSink) {
    this.#dir = dir;
    this.#tag = tag;
    this.#sink = sink;
  }

  /** Reads what has come. @returns Whether there was something. */
  async readNew(): Promise<boolean> {
    const names = (await readdir(this.#dir).catch(() => [])).filter((name) => pattern.test(name));
    let isNew = false;
    for (const name of names.sort()) {
      const file = await open(join(this.#dir, name), 'r').catch(() => undefined);
      if (file === undefined) continue;
      try {
        const before = this.#read.get(name) ?? 0;
        const end = await this.#readFile(file, before);
        this.#read.set(name, end);
        isNew ||= end > before;
      } finally {
        await file.close();
      }
    }
    return isNew;
  }

  async #readFile(file: FileHandle, start: number): Promise<number> {
    let position = start;
    let pieceSize = pieceBytes;
    for (;;) {
      const { bytesRead, buffer } = await file.read({
        buffer: Buffer.allocUnsafe(pieceSize),
        position,
      });
      const { used, needed } = this.#readRecords(buffer.subarray(0, bytesRead));
      position += used;
      if (used > 0) continue;
      // A record that is longer than the piece, if it is there.
      if (needed <= pieceSize || needed > longestRecord || bytesRead < pieceSize) return position;
      pieceSize = needed;
    }
  }

  #readRecords(bytes: Buffer): { used: number; needed: number } {
    let at = 0;
    while (at + 12 <= bytes.length) {
      const length = Number(bytes.readBigUInt64LE(at));
      const isSound = maskedChecksum(bytes.subarray(at, at + 8)) === bytes.readUInt32LE(at + 8);
      if (!isSound) return { used: at, needed: 0 };
      const end = at + 12 + length + 4;
      if (end > bytes.length) return { used: at, needed: 16 + length };
      this.#take(bytes.subarray(at + 12, at + 12 + length));
      at = end;
    }
    return { used: at, needed: 0 };
  }

  // By hand, for a message object per step would take most of the time: numbers of fields as in events.proto.
  #take(record: Uint8Array): void {
    const reader = new BinaryReader(record);
    let step = 0;
    let value: number | undefined;
    let isMark = false;
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 2) step = Number(reader.int64());
      else if (field === 5) value = valueOf(reader.bytes(), this.#tag);
      else {
        isMark ||= field === 7;
        reader.skip(type);
      }
    }
    if (isMark) this.#sink.cut(step);
    if (value !== undefined) this.#sink.add(step, value);
  }
}

function valueOf(summary: Uint8Array, wanted: string): number | undefined {
  const reader = new BinaryReader(summary);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field !== 1) {
      reader.skip(type);
      continue;
    }
    const entry = new BinaryReader(reader.bytes());
    let tag = '';
    let value: number | undefined;
    while (entry.pos < entry.len) {
      const [part, kind] = entry.tag();
      if (part === 1) tag = entry.string();
      else if (part === 2 && kind === WireType.Bit32) value = entry.float();
      else entry.skip(kind);
    }
    if (tag === wanted) return value;
  }
  return undefined;
}
