import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { IdxSet, Part } from './idxSets.js';

/** Unpacks, compares with what is known of the file, writes. */
export async function save(
  set: IdxSet,
  part: Part,
  bytes: Uint8Array,
  from: string,
  data: string,
  source: 'a folder' | 'a mirror',
): Promise<void> {
  const { name, size, sha256, md5 } = set.files[part];
  // Of a folder's files, which somebody may have packed again, only the contents tell.
  if (source === 'a mirror' && md5 !== undefined && hashOf('md5', bytes) !== md5) {
    throw new Error(`${from} is not ${set.name}'s ${name} (MD5 differs)`);
  }
  let plain = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: size });
    } catch (error) {
      throw new Error(`${from} is damaged (${(error as Error).message})`);
    }
  }
  if (sha256 !== undefined && hashOf('sha256', plain) !== sha256) {
    throw new Error(`${from} is not ${set.name}'s ${name} (SHA-256 differs)`);
  }
  if (plain.length !== size) {
    throw new Error(`${from} is not ${set.name}'s ${name} (${plain.length} bytes, not ${size})`);
  }
  await writeFile(join(data, name), plain);
}

const hashOf = (name: 'md5' | 'sha256', bytes: Uint8Array): string =>
  createHash(name).update(bytes).digest('hex');
