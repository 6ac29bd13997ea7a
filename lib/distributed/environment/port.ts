import { crc32 } from 'node:zlib';

// Above what Linux hands out to clients (32768 to 60999).
const first = 61_440;
const count = 4096;

/**
 * @internal A port that all processes of a job work out alike: 61440 + CRC-32 of the job's name, modulo 4096. Two jobs
 * on one host at the same time have one in 4096 chances to meet on it.
 */
export function portOf(job: string): number {
  return first + (crc32(job) % count);
}
