// Which of PyTorch's names are here: `npm run names` counts them, and none goes missing without a reason.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { camelCase, count, document } from '../../scripts/names.js';

describe.each(count(torch))('$group', ({ here, missing, idle }) => {
  test('what is not here has its reason in test/parity/absent.json', () => {
    const without = missing.filter(({ reason }) => reason === undefined);
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  test('no reason stands there for what is here, or for nothing', () => {
    expect(idle).toEqual([]);
  });

  test('some are here', () => {
    expect(here.length).toBeGreaterThan(0);
  });
});

const shared =
  'adaptive_avg_pool1d avg_pool1d bilinear celu_ channel_shuffle conv1d conv2d conv3d conv_tbc conv_transpose1d ' +
  'conv_transpose2d conv_transpose3d cosine_similarity pairwise_distance pdist pixel_shuffle pixel_unshuffle rrelu_ ' +
  'selu_ threshold_';

test.each(shared.split(' '))('torch.%s is nn.functional’s, as in Python', (name) => {
  const made = Reflect.get(torch, camelCase(name));
  expect(made).toBeTypeOf('function');
  expect(made).toBe(Reflect.get(torch.nn.functional, camelCase(name)));
});

test('docs/names.md is of today: npm run names -- --write', () => {
  const text = readFileSync(new URL('../../docs/names.md', import.meta.url), 'utf8');
  expect(text).toBe(document(torch));
});
