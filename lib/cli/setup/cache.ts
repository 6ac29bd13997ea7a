import { existsSync } from 'node:fs';
import { type IdxSet, idxSets } from '../../data/sets/idxSets.js';
import { cachedData } from '../../data/sets/locate.js';
import { TorchError } from '../../error.js';
import { folderBytes } from '../../files/folders.js';
import { cacheDir, gigabytes } from '../../libtorch/cache.js';
import { type CachedLibtorch, cachedLibtorchs, removeFromCache } from '../../libtorch/contents.js';
import { readChoice, searchLibtorch } from '../../libtorch/find.js';
import { minorOf } from '../../libtorch/version.js';
import { fittingMinors } from '../../native/binaries.js';
import { ask } from './ask.js';
import { type SetupOptions, variantOf } from './decision.js';
import type { StepReport } from './progress.js';

const describe = ({ version, variant, bytes, folder, problem }: CachedLibtorch): string =>
  `libtorch ${version} for ${variant === 'cuda' ? 'CUDA' : 'the CPU'}, ${gigabytes(bytes)}, ${folder}` +
  (problem ? ` (${problem})` : '');

const cachedSets = (): IdxSet[] =>
  Object.values(idxSets).filter((set) => existsSync(cachedData(set)));

const describeSet = async (set: IdxSet): Promise<string> =>
  `${set.name}, ${gigabytes(await folderBytes(cachedData(set)))}, ${cachedData(set)}`;

/** `setup --list`: what the cache holds, and what import takes. */
export async function listCache(): Promise<void> {
  const cache = cacheDir();
  const lines = (await cachedLibtorchs()).map(describe);
  for (const set of cachedSets()) lines.push(await describeSet(set));
  if (lines.length === 0) lines.push(`${cache} holds nothing`);
  const { found } = searchLibtorch({ minors: fittingMinors() });
  lines.push(
    found
      ? `in use: libtorch ${found.version}, ${found.root} (${found.from})`
      : 'in use: none. Run: npx lenet-torch setup',
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** `setup --remove`: all that setup fetched, or the downloads that `--version`, `--cpu`, `--cuda` name. */
export async function removeCache(
  options: SetupOptions,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const variant = variantOf(options);
  const all = !variant && !options.version;
  const downloads = (await cachedLibtorchs()).filter(
    (each) =>
      (!variant || each.variant === variant) &&
      (!options.version || minorOf(each.version) === options.version),
  );
  const folders = downloads.map(({ folder }) => folder);
  const lines = downloads.map(describe);
  for (const set of all ? cachedSets() : []) {
    folders.push(cachedData(set));
    lines.push(await describeSet(set));
  }
  const chosen = all ? readChoice(cacheDir()) : undefined;
  if (chosen) lines.push(`the recorded choice of ${chosen} (the folder itself stays)`);
  if (lines.length === 0) {
    report.onStep('there is nothing to remove');
    return;
  }
  report.end();
  process.stderr.write(`${lines.join('\n')}\n`);
  await confirmRemoval(options);
  await removeFromCache(folders, {
    signal,
    forgetChoice: all,
    onWait: (pid) => report.onStep(`waiting for another setup (process ${pid})`),
  });
  report.onStep('removed');
}

async function confirmRemoval({ yes }: SetupOptions): Promise<void> {
  if (yes) return;
  const nothing = 'nothing was removed';
  // Unlike a download, this is not done unasked where nobody can answer.
  if (!process.stdin.isTTY) throw new TorchError('ERR_ABORTED', `${nothing}: run again with --yes`);
  const answer = await ask('Remove this? [y/N] ');
  if (!/^y/i.test(answer)) throw new TorchError('ERR_ABORTED', nothing);
}
