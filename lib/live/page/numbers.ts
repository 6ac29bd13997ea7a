// Numbers as they travel, and as they are read.
import { formatNumber } from '../../draw/text.js';
import type { Num } from './contract.js';

/** NaN where there is none. */
export const read = (value: Num | null | undefined): number =>
  value === null || value === undefined ? Number.NaN : Number(value);

export function unpack(values: string): Float32Array {
  const binary = atob(values);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  // Little-endian, as all machines are that run browsers today.
  return new Float32Array(bytes.buffer);
}

/** `'81.2 %'`, `'–'` where there is none. */
export function percent(value: Num | null | undefined, digits = 1): string {
  const fraction = read(value);
  return Number.isFinite(fraction) ? `${(100 * fraction).toFixed(digits)}\u00a0%` : '–';
}

/** `'0.531'`, `'–'` where there is none. */
export function decimal(value: Num | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '–' : formatNumber(Number(value), digits);
}

/** `'1,234'` */
export function count(value: Num | null | undefined): string {
  const number = read(value);
  return Number.isFinite(number) ? Math.round(number).toLocaleString('en') : '–';
}

/** `'2 min 5 s'` */
export function duration(value: Num | null | undefined): string {
  const seconds = Math.round(read(value));
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Least and greatest of each of so many stretches: what an eye sees stays, in order. */
export function thin<P extends readonly [number, number]>(points: readonly P[], most: number): P[] {
  if (points.length <= most) return [...points];
  const buckets = Math.max(1, Math.floor(most / 2));
  const kept: P[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets);
    const to = Math.floor(((bucket + 1) * points.length) / buckets);
    let [least, greatest] = [from, from];
    for (let i = from; i < to; i++) {
      // A loss that is none has to be seen too.
      if (!Number.isFinite(points[i]![1])) least = i;
      else if (points[i]![1] < points[least]![1]) least = i;
      if (points[i]![1] > points[greatest]![1]) greatest = i;
    }
    for (const i of new Set([Math.min(least, greatest), Math.max(least, greatest)])) {
      kept.push(points[i]!);
    }
  }
  return kept;
}
