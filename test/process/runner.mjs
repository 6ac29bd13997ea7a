// A user's own tests: run by exit.test.ts under node's and vitest's runners.
import assert from 'node:assert';

import { train } from './training.mjs';

const { test } = process.env.VITEST ? await import('vitest') : await import('node:test');
const engine = process.env.ENGINE;

test('trains', async () => {
  const { epochs } = await train(engine, 1);
  const [{ loss, engine: used }] = epochs;
  assert(loss > 0);
  assert.equal(used, engine);
});

test('stops', async () => {
  const stop = new AbortController();
  const options = { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) };
  await assert.rejects(train(engine, 1e9, options), { message: 'enough' });
});
