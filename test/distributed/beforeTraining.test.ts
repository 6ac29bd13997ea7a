// `train` by several processes, of which one fails before the training begins.
import { expect, test } from 'vitest';

import { runRanks } from './ranks.js';

test('one without its data: the others hear of it at once', { timeout: 120_000 }, async () => {
  const ends = await runRanks(3, 'beforeTraining.child.mjs');
  const codes = ends.map(({ stderr }) => /^lenet-torch: (ERR_\w+)/m.exec(stderr)?.[1]);
  expect(codes).toEqual(['ERR_DISTRIBUTED_PEER', 'ERR_DATA_NOT_FOUND', 'ERR_DISTRIBUTED_PEER']);
  expect(ends.map(({ status, stdout }) => [status, stdout])).toEqual(Array(3).fill([1, '']));
});
