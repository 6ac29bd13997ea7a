import { type FileHandle, open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';

import { attempt } from '../../files/atomic.js';
import {
  type HistogramProto,
  SessionLog_SessionStatus,
  SessionLogSchema,
  type Summary_Image,
  SummarySchema,
} from './events_pb.js';
import { type EventWhat, eventRecord } from './record.js';

const pattern = /^events\.out\.tfevents\.(\d+)\./;

/** A number for a curve, an image or a histogram. */
export type EventValue = number | Summary_Image | HistogramProto;

/** One event file, which TensorBoard reads; records are gathered until they are flushed. */
export class EventWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  #records: Buffer[] = [];

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Begins a file. TensorBoard reads the files of a folder in the order of their names, and drops what
   * earlier ones have from `firstStep` on.
   */
  static async create(dir: string, firstStep: number): Promise<EventWriter> {
    const earlier = (await readdir(dir)).flatMap((name) => pattern.exec(name)?.[1] ?? []);
    const seconds = Math.max(Math.floor(Date.now() / 1000), ...earlier.map((s) => Number(s) + 1));
    const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`;
    const path = join(dir, name);
    const writer = new EventWriter(path, await attempt(path, () => open(path, 'ax')));
    writer.#add(0, { case: 'fileVersion', value: 'brain.Event:2' });
    if (earlier.length > 0) {
      const value = create(SessionLogSchema, { status: SessionLog_SessionStatus.START });
      writer.#add(firstStep, { case: 'sessionLog', value });
    }
    return writer;
  }

  #add(step: number, what: EventWhat): void {
    this.#records.push(eventRecord(step, what));
  }

  /** @param values - By tag; a slash in it makes a group. */
  add(step: number, values: Readonly<Record<string, EventValue>>): void {
    const value = Object.entries(values).map(([tag, each]) => {
      if (typeof each === 'number') return { tag, value: { case: 'simpleValue', value: each } };
      const isImage = 'encodedImageString' in each;
      return { tag, value: { case: isImage ? 'image' : 'histo', value: each } };
    });
    this.#add(step, { case: 'summary', value: create(SummarySchema, { value } as never) });
  }

  /** @throws {TorchError} `ERR_NO_SPACE`, `ERR_FILE_WRITE` */
  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#records);
    this.#records = [];
    if (bytes.length > 0) await attempt(this.#path, () => this.#file.appendFile(bytes));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
