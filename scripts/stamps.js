// What was made from what: hashes of sources, kept where `npm ci` clears them. Uses Node alone.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's folder. */
export const root = fs.realpathSync(fileURLToPath(new URL('..', import.meta.url)));
/** A path in the clone. */
export const at = (...names) => path.join(root, ...names);

const stamps = at('node_modules', '.cache', 'lenet-torch', 'stamps.json');

/** SHA-256 of files' names and contents, and of `extra`. */
export function hash(files, extra = '') {
  const digest = createHash('sha256').update(extra);
  for (const file of files) digest.update(path.relative(root, file)).update(fs.readFileSync(file));
  return digest.digest('hex');
}

/** All files below a folder, sorted; none where it is missing. */
export function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** What the binaries are made from, apart from libtorch. */
export function nativeSources() {
  return [at('CMakeLists.txt'), at('package-lock.json'), ...filesBelow(at('native'))];
}

/** The stamps; none where they are missing or damaged. */
export function readStamps() {
  try {
    return JSON.parse(fs.readFileSync(stamps, 'utf8'));
  } catch {
    return {};
  }
}

/** Writes some stamps, and keeps the others. */
export function writeStamps(changed) {
  fs.mkdirSync(path.dirname(stamps), { recursive: true });
  const draft = `${stamps}.${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify({ ...readStamps(), ...changed }));
  fs.renameSync(draft, stamps);
}
