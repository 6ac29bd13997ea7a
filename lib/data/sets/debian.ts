import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { IdxSet } from './idxSets.js';

const run = promisify(execFile);

/**
 * Downloads Debian's package of a data set with `apt-get` and unpacks it inside `folder`, without
 * installing it and without root.
 *
 * @returns The folder of the four compressed files.
 */
export async function unpackDebianPackage(
  debian: NonNullable<IdxSet['debian']>,
  folder: string,
  options: { onStep?: (sentence: string) => void; signal?: AbortSignal },
): Promise<string> {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    await run(tool, ['--version']).catch(() => {
      throw new Error(`there is no ${tool} here`);
    });
  }
  options.onStep?.(`downloading Debian's package ${debian.package} (30 MB)`);
  const settings = { cwd: folder, ...(options.signal && { signal: options.signal }) };
  const flags = [
    ...['-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'],
    // As root, apt would otherwise download as a user who may not enter this folder.
    ...['-o', 'APT::Sandbox::User=root'],
  ];
  const fetchPackage = (more: string[]) =>
    run('apt-get', [...flags, ...more, 'download', debian.package], settings);
  try {
    await fetchPackage([]);
  } catch {
    options.signal?.throwIfAborted();
    // Package lists of our own, where the system's are missing or old: needs no root either.
    options.onStep?.('reading the package lists');
    await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
    await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
    const own = [
      ...['-o', `Dir::State::Lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`],
    ];
    await run('apt-get', [...flags, ...own, 'update'], settings);
    await fetchPackage(own);
  }
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (!archive) throw new Error('apt-get brought no package');
  await run('dpkg-deb', ['-x', archive, 'tree'], settings);
  return join(folder, 'tree', debian.folder);
}
