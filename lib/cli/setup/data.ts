import { join } from 'node:path';

import { fetchFashionMnist } from '../../data/sets/download.js';
import { cachedData, dataWithin, hasFashionMnist } from '../../data/sets/source.js';
import type { StepReport } from './progress.js';

// A folder that `--from` names may hold the data set too: its four files, or another machine's cache.
function givenData(from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  return dataWithin(from) ?? dataWithin(join(from, 'datasets', 'fashion-mnist'));
}

/** What setup will do about the data set. */
export function dataSentence(from?: string): string {
  if (hasFashionMnist()) return 'Fashion-MNIST is there';
  const given = givenData(from);
  const source = given ? `from ${given}` : '31 MB to download';
  return `Fashion-MNIST: ${source}, 55 MB on the disk (${cachedData()})`;
}

/** Brings the data set, unless it is there. */
export async function bringData(
  report: StepReport,
  signal: AbortSignal,
  from?: string,
): Promise<void> {
  if (hasFashionMnist()) return;
  const given = givenData(from);
  const { dir } = await fetchFashionMnist({
    ...report,
    signal,
    ...(given && { systemDir: given }),
  });
  report.onStep(`Fashion-MNIST is ready (${dir})`);
}
