import { expect, test } from 'vitest';

import { runRanks } from './ranks.js';

interface Told {
  readonly code: string;
  readonly seconds: number;
  readonly message: string;
}

const timeout = 120_000;

async function endsOf(mode: string): Promise<{ status: number | null; told: Told }[]> {
  const ends = await runRanks(2, 'faults.child.mjs', { MODE: mode });
  return ends.map(({ status, stdout }) => ({
    status,
    told: JSON.parse(stdout === '' ? '{}' : stdout),
  }));
}

test.each(['size', 'operation'])(
  'ranks that disagree (%s) are told, both',
  { timeout },
  async (mode) => {
    for (const { status, told } of await endsOf(mode)) {
      expect(told.code).toBe('ERR_DISTRIBUTED_MISMATCH');
      expect(told.message).toMatch(/rank \d calls .* where rank \d calls/);
      expect(status).toBe(3);
    }
  },
);

test('sizes that differ later end no process', { timeout }, async () => {
  for (const { status, told } of await endsOf('knownSize')) {
    expect(told.code).toMatch(/^ERR_DISTRIBUTED_(PEER|TIMEOUT)$/);
    expect(status).toBe(3);
  }
});

test('a rank that is killed is noticed at once', { timeout }, async () => {
  const [survivor] = await endsOf('dead');
  expect(survivor!.told.code).toBe('ERR_DISTRIBUTED_PEER');
  expect(survivor!.told.message).toMatch(/^rank 0 of 2 on .*, allReduce: /);
  expect(survivor!.told.seconds).toBeLessThan(10);
  expect(survivor!.status).toBe(3);
});

test('one that does not come is waited for as long as was said', { timeout }, async () => {
  const [waiting] = await endsOf('late');
  expect(waiting!.told.code).toBe('ERR_DISTRIBUTED_TIMEOUT');
  expect(waiting!.told.message).toContain('Likely: another rank');
  expect(waiting!.status).toBe(3);
});

test('process.exit() while an operation hangs ends the process', { timeout }, async () => {
  for (const { status } of await endsOf('exit')) expect(status).toBe(7);
});
