import { copyFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { type Event, EventSchema, type Summary_Image } from '../../lib/run/events/events_pb.js';
import { histogram } from '../../lib/run/events/histogram.js';
import { eventRecord } from '../../lib/run/events/record.js';
import { temporaryFolder } from '../folder.js';
import { finish, lenet, resumed, slowClock, undisturbed } from './trainings.js';

function eventsOf(file: string): Event[] {
  const bytes = readFileSync(file);
  const events: Event[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const event = fromBinary(EventSchema, bytes.subarray(at + 12, at + 12 + length));
    // The record made anew has the same checksums.
    const record = eventRecord(Number(event.step), event.what, event.wallTime);
    expect(bytes.subarray(at, at + record.length).equals(record)).toBe(true);
    events.push(event);
    at += 12 + length + 4;
  }
  return events;
}

const filesOf = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith('events.out.tfevents.'))
    .sort()
    .map((name) => join(dir, name));

// What TensorBoard shows: a START drops what earlier files have from its step on.
function shown(dir: string): Event[] {
  let all: Event[] = [];
  for (const event of filesOf(dir).flatMap(eventsOf)) {
    if (event.what.case === 'sessionLog') all = all.filter(({ step }) => step < event.step);
    else all.push(event);
  }
  return all;
}

function curve<Value = number>(events: Event[], tag: string): [number, Value][] {
  return events.flatMap(({ step, what }) => {
    const values = what.case === 'summary' ? what.value.value : [];
    return values
      .filter((each) => each.tag === tag)
      .map(({ value }): [number, Value] => [Number(step), value.value as Value]);
  });
}

test('a record is what TensorFlow writes, checksums too', () => {
  // By the RecordWriter of tensorboard 2.21.
  const record = eventRecord(0, { case: 'fileVersion', value: 'brain.Event:2' }, 0);
  expect(record.toString('hex')).toBe(
    '0f000000000000006d532b091a0d627261696e2e4576656e743a32fc985129',
  );
});

describe('histograms', () => {
  test('count every number once', () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const { num, sum, sumSquares, min, max, bucket, bucketLimit } = histogram(values);
    expect(num).toBe(1000);
    expect(bucket.reduce((a, b) => a + b)).toBe(1000);
    expect(sum).toBeCloseTo(
      values.reduce((a, b) => a + b),
      9,
    );
    expect(sumSquares).toBeCloseTo(
      values.reduce((a, b) => a + b * b),
      9,
    );
    expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
    expect(bucketLimit.at(-1)).toBe(max);
    expect(bucketLimit.every((limit, i) => i === 0 || limit > bucketLimit[i - 1]!)).toBe(true);
  });

  test.each([
    ['one value', [3, 3, 3], 3],
    ['no numbers', [Number.NaN, Number.POSITIVE_INFINITY], 0],
    ['nothing', [], 0],
    ['some numbers', [Number.NaN, 1, 2], 2],
  ])('%s', (_, values, num) => {
    const result = histogram(values);
    expect(result.num).toBe(num);
    expect(result.bucket.reduce((a, b) => a + b)).toBe(num);
    expect(result.bucketLimit.length).toBe(result.bucket.length);
  });
});

test('a run shows curves, histograms and images; resumed, each step once', async () => {
  slowClock();
  const whole = await undisturbed(lenet, 2, '1steps');
  for (const copy of [whole.copies[2], whole.copies[4], whole.copies[7]] as string[]) {
    // A first one comes to the end, but for its last checkpoint: its events are of no account.
    const first = `${copy}-first`;
    cpSync(copy, first, { recursive: true });
    await resumed(first, lenet, 2);
    for (const file of filesOf(first)) copyFileSync(file, join(copy, basename(file)));
    await resumed(copy, lenet, 2);
    const events = shown(copy);
    expect(curve(events, 'loss/step').map(([step]) => step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    const { epochs } = whole.history;
    const losses = epochs.map(({ epoch, loss }) => [5 * epoch, Math.fround(loss)]);
    expect(curve(events, 'loss/epoch')).toEqual(losses);
    const accuracies = epochs.map(({ epoch, testAcc }) => [5 * epoch, Math.fround(testAcc)]);
    expect(curve(events, 'accuracy/test')).toEqual(accuracies);
    expect(curve(events, 'weights/fc.4.bias').map(([step]) => step)).toEqual([0, 5, 10]);
    expect(curve(events, 'test images').map(([step]) => step)).toEqual([0]);
  }
});

test('the sheet of images', async () => {
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir), lenet(), 1);
  const [first] = curve<Summary_Image>(shown(dir), 'test images');
  const [step, image] = first!;
  expect(step).toBe(0);
  expect([image.width, image.height, image.colorspace]).toEqual([238, 118, 1]);
  const { width, height, data } = decode(image.encodedImageString);
  expect([width, height]).toEqual([238, 118]);
  expect(Math.min(...data)).toBe(0);
  expect(Math.max(...data)).toBe(255);
});

test('none where none are wanted', async () => {
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir, { tensorBoard: false }), lenet(), 1);
  expect(filesOf(dir)).toEqual([]);
});
