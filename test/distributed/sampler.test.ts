import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { runRanks } from './ranks.js';

const shareOf = (rank: number): number[] => [
  ...new torch.data.DistributedSampler({ length: 10 }, { numReplicas: 3, rank }),
];

test('a share is that of the rank in its group, and no library is opened for it', {
  timeout: 120_000,
}, async () => {
  const ends = await runRanks(3, 'sampler.child.mjs');
  for (const [rank, { status, stdout, stderr }] of ends.entries()) {
    expect(`${status} ${stderr}`).toBe('0 ');
    expect(JSON.parse(stdout)).toEqual({
      before: 'ERR_DISTRIBUTED_CLOSED',
      given: [1, 3, 5, 7, 9],
      openedBySampler: false,
      openedByGroup: true,
      share: shareOf(rank),
      place: [rank, 3],
      rank,
    });
  }
});
