// A training of two processes of which one is killed at a random moment, and which its launcher starts again.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { endOf, numbers } from '../run/kills.js';
import { freePort } from './ranks.js';
import { startTraining, type Training } from './trainings.js';

const kills = process.env.LENET_TORCH_LONG === '1' ? 20 : 1;

/** As torchrun starts the group for the time `attempt`, with the same command. */
async function attempted(args: readonly string[], attempt: number): Promise<Training[]> {
  const MASTER_PORT = `${await freePort()}`;
  const all = { WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT };
  const TORCHELASTIC_RESTART_COUNT = `${attempt}`;
  return [0, 1].map((rank) =>
    startTraining(args, { ...all, RANK: `${rank}`, TORCHELASTIC_RESTART_COUNT }),
  );
}

async function finished(all: readonly Training[]): Promise<void> {
  for (const { end } of all) {
    const { status, stderr } = await end;
    expect(status, stderr).toBe(0);
  }
}

test.each(['fused', 'eager'])(
  '%s: it ends as if none had been',
  async (engine) => {
    const args = ['--engine', engine, '--epochs', '4', '--timeout', '20', '--init-timeout', '20'];
    const [whole, dir] = ['whole', 'run'].map((name) => join(temporaryFolder(), name)) as [
      string,
      string,
    ];
    const kept = ['--checkpoint-every', '7steps', '--out'];
    const began = performance.now();
    await finished(await attempted([...args, ...kept, whole], 0));
    const wholeMs = performance.now() - began;
    const random = numbers(engine.length);
    for (let attempt = 0; attempt < kills; attempt++) {
      const all = await attempted([...args, ...kept, dir], attempt);
      const isBegun = () => existsSync(join(dir, 'checkpoint.safetensors'));
      while (!isBegun() && all.every(({ child }) => child.exitCode === null)) await wait(5);
      // Each has a share of what a whole training takes: most of these die in its middle, some before it goes on.
      await wait((random.next().value * wholeMs) / 2);
      const victim = all[random.next().value < 0.5 ? 0 : 1]!;
      victim.child.kill('SIGKILL');
      for (const { end } of all) {
        const { status, signal, stderr } = await end;
        if (signal === 'SIGKILL' || status === 0) continue;
        expect(stderr).toMatch(/ERR_DISTRIBUTED_(PEER|TIMEOUT|CONNECT)/);
      }
    }
    await finished(await attempted([...args, ...kept, dir], kills));
    expect(await endOf(dir)).toEqual(await endOf(whole));
  },
  1_800_000,
);
