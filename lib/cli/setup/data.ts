import { join } from 'node:path';

import { fetchSet } from '../../data/sets/fetchSet.js';
import { type IdxSet, sizeOf } from '../../data/sets/idxSets.js';
import { cachedData, dataWithin, hasSet } from '../../data/sets/locate.js';
import type { StepReport } from './progress.js';

// A folder that `--from` names may hold the data set too: its four files, or another machine's cache.
function givenData(set: IdxSet, from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  const within = (dir: string) => dataWithin(set, dir);
  return within(from) ?? within(join(from, 'datasets', set.folder));
}

/** What setup will do about the data set. */
export function dataSentence(set: IdxSet, from?: string): string {
  if (hasSet(set)) return `${set.name} is there`;
  const given = givenData(set, from);
  const source = given ? `from ${given}` : `${set.download} MB to download`;
  return `${set.name}: ${source}, ${Math.round(sizeOf(set) / 1e6)} MB on the disk (${cachedData(set)})`;
}

/** Brings the data set, unless it is there. */
export async function bringData(
  set: IdxSet,
  report: StepReport,
  signal: AbortSignal,
  from?: string,
): Promise<void> {
  if (hasSet(set)) return;
  const given = givenData(set, from);
  const { dir } = await fetchSet(set, {
    ...report,
    signal,
    ...(given && { systemDir: given }),
  });
  report.onStep(`${set.name} is ready (${dir})`);
}
