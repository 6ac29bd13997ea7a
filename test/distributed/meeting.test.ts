// Ranks that do not find the first one, and why they say that is; and what they have of it when they do.
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { freePort } from './ranks.js';
import { startTraining } from './trainings.js';

const seconds = 3;

async function endOf(env: NodeJS.ProcessEnv): Promise<{ line: string; took: number }> {
  const began = performance.now();
  const place = { RANK: '1', WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1' };
  const { end } = startTraining(['--init-timeout', `${seconds}`], { ...place, ...env });
  const { status, stdout, stderr } = await end;
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.match(/\n/g)).toHaveLength(1);
  return { line: stderr, took: (performance.now() - began) / 1000 };
}

test.each([
  ['0', /1\/2 clients joined. Likely: the others were not started, or do not reach port \d+ of /],
  ['1', /Likely: rank 0 was not started, has ended, is not reached at port \d+ of 127\.0\.0\.1/],
])('rank %s is the only one', async (RANK, text) => {
  const { line } = await endOf({ RANK, MASTER_PORT: `${await freePort()}` });
  expect(line).toMatch(/^lenet-torch: ERR_DISTRIBUTED_TIMEOUT: rank \d of 2 on .*, initProcessGr/);
  expect(line).toMatch(text);
});

test("the master's name", async () => {
  const place = { MASTER_ADDR: 'nobody.invalid', MASTER_PORT: '29500' };
  expect((await endOf(place)).line).toMatch(/Likely: nobody\.invalid is no name .*\(E[A-Z_]+\)/);
});

test('another program has the port, takes the connection and says nothing', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const { line, took } = await endOf({ MASTER_PORT: `${port}` });
    expect(line).toMatch(
      /ERR_DISTRIBUTED_TIMEOUT: .*no store has answered at 127\.0\.0\.1:\d+ within 3000 ms/,
    );
    expect(took).toBeLessThan(30);
  } finally {
    server.close();
  }
});

test('--out for rank 0 alone is enough', async () => {
  const out = join(temporaryFolder('lenet-torch-out-'), 'run');
  const MASTER_PORT = `${await freePort()}`;
  const place = { WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT };
  const all = [['--out', out], []].map((own, rank) =>
    startTraining(['--epochs', '1', ...own], { ...place, RANK: `${rank}` }),
  );
  for (const { end } of all) expect((await end).status).toBe(0);
  expect(existsSync(join(out, 'best.safetensors'))).toBe(true);
});
