import { create, toBinary } from '@bufbuild/protobuf';
import crc32c from 'crc-32/crc32c.js';

import { type Event, EventSchema } from './events_pb.js';

// TFRecord's checksums: CRC-32C, turned and shifted, so that the checksum of data with its checksum in
// it is no special number.
export function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c.buf(bytes) >>> 0;
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

/** An event without its time. */
export type EventWhat = Event['what'];

/**
 * One record of an event file: length, checksum of the length, event, checksum of the event.
 * @param step - Steps of the whole training.
 */
export function eventRecord(step: number, what: EventWhat, wallTime = Date.now() / 1000): Buffer {
  const event = create(EventSchema, { wallTime, step: BigInt(step), what });
  const data = toBinary(EventSchema, event);
  const record = Buffer.alloc(12 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return record;
}
