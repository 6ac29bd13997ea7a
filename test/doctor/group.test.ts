import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { comparePeers, describePeers, type Peer } from '../../lib/doctor/group/compare.js';
import {
  addressesAt,
  addressTowards,
  interfaceOf,
  isTaken,
  knock,
} from '../../lib/doctor/group/network.js';
import { lookAround } from '../../lib/doctor/group/place.js';
import { byHand, srun, torchrun } from '../distributed/environments.js';
import { freePort } from '../distributed/ranks.js';

const server = createServer();
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as { port: number });
});

afterAll(() => void server.close());

const local = { RANK: '0', WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT: '1' };
/** Rank 0 of two hosts. */
const far = { ...local, LOCAL_RANK: '0', LOCAL_WORLD_SIZE: '1' };

async function problemsOf(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { problems } = await lookAround(env);
  return problems.map(({ text, next, minor }) => `${minor ? 'minor: ' : ''}${text} → ${next}`);
}

describe('what is told', () => {
  test('nothing', async () => {
    expect(await lookAround({})).toEqual({
      launched: undefined,
      facts: { launcher: 'none: nothing says that there are other processes' },
      problems: [],
    });
  });

  test('all of it is said', async () => {
    const { facts, problems } = await lookAround({ ...local, MASTER_PORT: `${await freePort()}` });
    expect(problems).toEqual([]);
    expect(facts).toMatchObject({
      launcher: 'RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT',
      'this process': expect.stringMatching(/^rank 0 of 2, 0 of 2 on /),
      variables: 'WORLD_SIZE RANK MASTER_ADDR MASTER_PORT',
      'it means': '127.0.0.1',
      'listens at': '127.0.0.1 (lo)',
    });
  });

  test("torchrun's agent serves, and this is another attempt", async () => {
    const { facts } = await lookAround({ ...torchrun, MASTER_ADDR: '127.0.0.1' });
    expect(facts).toMatchObject({
      launcher: 'torchrun',
      master: "127.0.0.1:36207, served by torchrun's agent",
      'started again': '2 times',
    });
  });

  test('half of it', async () => {
    expect(await problemsOf({ RANK: '0' })).toEqual([
      expect.stringMatching(/^ERR_DISTRIBUTED_ENVIRONMENT: WORLD_SIZE is not set.* → start all /),
    ]);
  });
});

describe('the master', () => {
  test('has no address', async () => {
    const problems = await problemsOf({ ...srun, MASTER_ADDR: 'no.such.host.invalid' });
    expect(problems).toEqual([
      expect.stringMatching(
        /^ERR_DISTRIBUTED_CONNECT: the master's name no\.such\.host\.invalid has no address .* → make /,
      ),
    ]);
  });

  test.each(['127.0.0.1', '127.0.1.1', 'localhost'])('is %s, of several hosts', async (addr) => {
    const problems = await problemsOf({ ...far, MASTER_ADDR: addr });
    expect(problems).toEqual([
      expect.stringMatching(/^minor: .* means (127\.\d\.\d\.1|::1), which no other host reaches/),
    ]);
  });

  test('has a port that is taken: said where rank 0 is to listen there', async () => {
    const env = { ...local, MASTER_PORT: `${port}` };
    expect(await problemsOf(env)).toEqual([
      expect.stringMatching(/^ERR_DISTRIBUTED_ADDRESS: port \d+ is taken .* → set another/),
    ]);
    expect(await problemsOf({ ...env, RANK: '1' })).toEqual([]);
  });
});

describe('GLOO_SOCKET_IFNAME', () => {
  test('names nothing', async () => {
    expect(await problemsOf({ ...local, GLOO_SOCKET_IFNAME: 'lo,nope0' })).toEqual([
      expect.stringMatching(
        /^ERR_DISTRIBUTED_CONNECT: GLOO_SOCKET_IFNAME names nope0, and there is no such .*→ name one of: .*lo/,
      ),
    ]);
  });

  test('names the loopback, and there are other hosts', async () => {
    const env = { ...byHand, RANK: '0', GLOO_SOCKET_IFNAME: 'lo' };
    expect(await problemsOf(env)).toEqual([
      expect.stringMatching(/^minor: GLOO_SOCKET_IFNAME names lo, which no other host reaches/),
    ]);
  });
});

test('the network as it is', async () => {
  expect(await addressTowards('127.0.0.1', 1)).toBe('127.0.0.1');
  expect(interfaceOf('127.0.0.1')).toBe('lo');
  expect(addressesAt('lo')).toEqual(networkInterfaces().lo?.map(({ address }) => address));
  expect(addressesAt('nope0')).toBeUndefined();
  expect(isTaken(port)).toBe(true);
  const free = await freePort();
  expect(isTaken(free)).toBe(false);
  expect(await knock('127.0.0.1', port, 1000)).toBe('answers');
  expect(await knock('127.0.0.1', free, 1000)).toBe('ECONNREFUSED');
});

describe('ranks', () => {
  const peer: Peer = {
    host: 'host1',
    node: '22.4.0',
    version: '0.1.0',
    libtorch: '2.11.0+cpu',
    instructionSet: 'avx2',
    clock: 1_000_000,
  };
  const compare = (...others: Partial<Peer>[]) =>
    comparePeers([peer, ...others.map((each) => ({ ...peer, ...each }))]).map(
      ({ text, minor }) => `${minor ? 'minor: ' : ''}${text}`,
    );

  test('that are alike, or nearly', () => {
    expect(
      compare({ host: 'host2', clock: 1_000_900, node: '22.5.1', instructionSet: 'avx512' }),
    ).toEqual([]);
  });

  test('of other versions', () => {
    expect(compare({}, { version: '0.2.0' })).toEqual([
      'ERR_DISTRIBUTED_MISMATCH: the ranks have different versions of lenet-torch (0.1.0: ranks 0, 1; 0.2.0: rank 2)',
    ]);
    expect(compare({ libtorch: '2.9.1+cpu', node: '20.15.0' })).toEqual([
      expect.stringMatching(/^minor: .* libtorch \(2\.11\.0\+cpu: rank 0; 2\.9\.1\+cpu: rank 1\)/),
      expect.stringMatching(/^minor: .* Node\.js \(22: rank 0; 20: rank 1\)/),
    ]);
  });

  test('whose clocks are apart', () => {
    expect(compare({ clock: 998_000 }, { clock: 1_003_000 })).toEqual([
      expect.stringMatching(/^minor: the clocks are 5\.0 s apart/),
    ]);
    expect(describePeers([peer, { ...peer, clock: 998_000 }])[1]).toMatch(/clock −2\.0 s$/);
  });
});
