// Faults between hosts and on them, each made on purpose while `lenet-torch train` trains: who survives ends by itself,
// in time, with one line that says who met what.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import {
  addresses,
  addresses6,
  deviceOf,
  type Host,
  makeHosts,
  mayMakeHosts,
  nameHosts,
  nameOf,
  removeHosts,
  setCable,
} from './hosts.js';
import { freePort } from './ranks.js';
import { startTraining, type Training } from './trainings.js';

const endless = ['--epochs', '100000', '--timeout', '3', '--init-timeout', '30'];

let lastPort = '';

async function group(
  size: number,
  args: readonly string[],
  more: (rank: number) => { env?: NodeJS.ProcessEnv; before?: readonly string[] } = () => ({}),
): Promise<Training[]> {
  const MASTER_PORT = `${await freePort()}`;
  lastPort = MASTER_PORT;
  return Array.from({ length: size }, (_, rank) => {
    const { env = {}, before = [] } = more(rank);
    const place = { RANK: `${rank}`, WORLD_SIZE: `${size}`, MASTER_ADDR: '127.0.0.1', MASTER_PORT };
    return startTraining(args, { ...place, ...env }, before);
  });
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await wait(20);
}

const isTraining = ([first]: readonly Training[]) =>
  until(() => /^epoch 2,/m.test(first!.stdout()) || first!.child.exitCode !== null);

/** The last line of an ended process, which says why. */
async function lastLine({ end }: Training): Promise<string> {
  const { status, signal, stderr } = await end;
  expect([status, signal], stderr).toEqual([1, null]);
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('lenet-torch: ERR'));
  expect(lines, stderr).toHaveLength(1);
  return lines[0]!;
}

// Between two epochs they meet by other operations.
const step =
  /^lenet-torch: (ERR_DISTRIBUTED_\w+): rank (\d) of (\d) on \S+, (?:step \d+ of the epoch|allGather\w+): /;

describe('on one host', () => {
  test('a rank that is stopped: the others wait for the timeout, and it ends when it goes on', async () => {
    const all = await group(2, endless);
    await isTraining(all);
    const began = performance.now();
    all[1]!.child.kill('SIGSTOP');
    const line = await lastLine(all[0]!);
    expect(step.exec(line)?.slice(1), line).toEqual(['ERR_DISTRIBUTED_TIMEOUT', '0', '2']);
    expect(line).toMatch(/Likely: another rank has stopped/);
    expect(performance.now() - began).toBeLessThan(20_000);
    all[1]!.child.kill('SIGCONT');
    expect(await lastLine(all[1]!)).toMatch(/ERR_DISTRIBUTED_(PEER|TIMEOUT): rank 1 of 2/);
  });

  test('a rank that never comes', async () => {
    const [first] = await group(1, ['--init-timeout', '3'], () => ({ env: { WORLD_SIZE: '2' } }));
    expect(await lastLine(first!)).toMatch(
      /ERR_DISTRIBUTED_TIMEOUT: rank 0 of 2 on \S+, initProcessGroup: .*1\/2 clients joined/,
    );
  });

  test('a rank that comes twice', async () => {
    const all = await group(2, ['--init-timeout', '10', '--epochs', '1'], () => ({
      env: { WORLD_SIZE: '3' },
    }));
    const env = { WORLD_SIZE: '3', RANK: '1', MASTER_ADDR: '127.0.0.1', MASTER_PORT: lastPort };
    all.push(startTraining(['--init-timeout', '10', '--epochs', '1'], env));
    const lines = await Promise.all(all.map(lastLine));
    expect(lines.join('\n')).toMatch(/ERR_DISTRIBUTED_MISMATCH: .*rank 1 has come 2 times/);
  });

  test('a disk that is full, where the run is kept', async () => {
    const out = join(temporaryFolder(), 'run');
    const limited = ['bash', '-c', 'ulimit -f 400; exec "$@"', '--'];
    const args = ['--out', out, '--epochs', '3', '--checkpoint-every', '5steps', '--timeout', '10'];
    const all = await group(2, args, (rank) => ({ before: rank === 0 ? limited : [] }));
    const [first, second] = await Promise.all(all.map(lastLine));
    expect(first).toMatch(/^lenet-torch: ERR_(NO_SPACE|FILE_WRITE): /);
    expect(second).toMatch(/ERR_DISTRIBUTED_PEER: rank 1 of 2 .*rank 0 has failed: ERR_/);
  });

  test('Ctrl-C on one of them ends all of them', async () => {
    const all = await group(2, endless);
    await isTraining(all);
    const began = performance.now();
    all[1]!.child.kill('SIGINT');
    for (const { end } of all) {
      const { status, stderr } = await end;
      expect(status, stderr).toBe(130);
      expect(stderr).toContain('interrupted: training stopped after the current step');
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

const canMake = mayMakeHosts();

describe.skipIf(!canMake)('between two hosts (as root, where namespaces can be made)', () => {
  beforeAll(makeHosts);
  afterAll(removeHosts);

  const on = (host: Host) => ['ip', 'netns', 'exec', nameOf(host)];
  const between = (args: readonly string[], env: NodeJS.ProcessEnv = {}, env1 = env) =>
    group(2, args, (rank) => ({
      before: on(rank === 0 ? 'a' : 'b'),
      env: { MASTER_ADDR: addresses.a, ...(rank === 0 ? env : env1) },
    }));
  const short = ['--epochs', '1', '--init-timeout', '30'];
  const hasty = ['--epochs', '1', '--init-timeout', '4'];

  async function expectTrained(all: readonly Training[]): Promise<void> {
    for (const { end } of all) {
      const { status, stderr } = await end;
      expect(status, stderr).toBe(0);
    }
    expect(all[0]!.stdout()).toMatch(/^epoch 1,/m);
    expect(all[1]!.stdout()).toBe('');
  }

  test('they train together', async () => expectTrained(await between(short)));

  test('the cable is pulled: both end by themselves', async () => {
    const all = await between(endless);
    await isTraining(all);
    const began = performance.now();
    setCable('b', 'down');
    try {
      const lines = await Promise.all(all.map(lastLine));
      for (const [rank, line] of lines.entries()) {
        expect(step.exec(line)?.slice(1), line).toEqual([
          'ERR_DISTRIBUTED_TIMEOUT',
          `${rank}`,
          '2',
        ]);
      }
      expect(performance.now() - began).toBeLessThan(20_000);
    } finally {
      setCable('b', 'up');
    }
  });

  test("the master's name is known to nobody", async () => {
    const all = await between(hasty, { MASTER_ADDR: 'nobody.invalid' });
    for (const line of await Promise.all(all.map(lastLine))) {
      expect(line).toMatch(/ERR_DISTRIBUTED_(CONNECT|TIMEOUT): rank \d of 2 .*nobody\.invalid/);
    }
  });

  test("the master's name is 127.0.1.1 on its own host", async () => {
    nameHosts('a', ['127.0.1.1 master']);
    nameHosts('b', [`${addresses.a} master`]);
    await expectTrained(await between(short, { MASTER_ADDR: 'master' }));
  });

  test("the master's name has an IPv6 address alone", async () => {
    for (const host of ['a', 'b'] as const) nameHosts(host, [`${addresses6.a} master`]);
    await expectTrained(await between(short, { MASTER_ADDR: 'master' }));
  });

  test('the interface that is named leads nowhere', async () => {
    const all = await between(hasty, { GLOO_SOCKET_IFNAME: 'lo' });
    for (const line of await Promise.all(all.map(lastLine))) {
      expect(line).toMatch(/ERR_DISTRIBUTED_(CONNECT|TIMEOUT|PEER): rank \d of 2/);
    }
  });

  test('the interface that is named', async () => {
    await expectTrained(
      await between(
        short,
        { GLOO_SOCKET_IFNAME: deviceOf('a') },
        { GLOO_SOCKET_IFNAME: deviceOf('b') },
      ),
    );
  });
});
