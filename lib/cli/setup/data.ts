import { join } from 'node:path';

import { fetchSet } from '../../data/sets/fetchSet.js';
import { fashionMnist } from '../../data/sets/idxSets.js';
import { cachedData, dataWithin, hasSet } from '../../data/sets/locate.js';
import type { StepReport } from './progress.js';

// A folder that `--from` names may hold the data set too: its four files, or another machine's cache.
function givenData(from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  const within = (dir: string) => dataWithin(fashionMnist, dir);
  return within(from) ?? within(join(from, 'datasets', fashionMnist.folder));
}

/** What setup will do about the data set. */
export function dataSentence(from?: string): string {
  if (hasSet(fashionMnist)) return 'Fashion-MNIST is there';
  const given = givenData(from);
  const source = given ? `from ${given}` : '31 MB to download';
  return `Fashion-MNIST: ${source}, 55 MB on the disk (${cachedData(fashionMnist)})`;
}

/** Brings the data set, unless it is there. */
export async function bringData(
  report: StepReport,
  signal: AbortSignal,
  from?: string,
): Promise<void> {
  if (hasSet(fashionMnist)) return;
  const given = givenData(from);
  const { dir } = await fetchSet(fashionMnist, {
    ...report,
    signal,
    ...(given && { systemDir: given }),
  });
  report.onStep(`Fashion-MNIST is ready (${dir})`);
}
