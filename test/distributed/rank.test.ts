// What a process asks for before it joins a group.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { distributed } from '../../lib/index.js';
import { coded } from '../coded.js';
import { complete } from './environments.js';

describe('getNodeLocalRank', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) {
      if (/RANK|WORLD|MASTER|SLURM|PMI|MPI|PET_|TORCHELASTIC/.test(name))
        vi.stubEnv(name, undefined);
    }
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const set = (env: NodeJS.ProcessEnv) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  };

  test.each(complete)('of $name', ({ env, answer }) => {
    set(env);
    expect(distributed.getNodeLocalRank(7)).toBe((answer as { localRank: number }).localRank);
  });

  test('LOCAL_RANK alone, as Python reads it', () => {
    set({ LOCAL_RANK: '3' });
    expect(distributed.getNodeLocalRank()).toBe(3);
    set({ LOCAL_RANK: 'three' });
    expect(() => distributed.getNodeLocalRank(1)).toThrow(
      coded('ERR_DISTRIBUTED_ENVIRONMENT', 'LOCAL_RANK'),
    );
  });

  test('the fallback without a launcher, and a refusal without both', () => {
    expect(distributed.getNodeLocalRank(2)).toBe(2);
    expect(() => distributed.getNodeLocalRank()).toThrow(
      coded('ERR_DISTRIBUTED_ENVIRONMENT', 'fallbackRank'),
    );
    expect(() => distributed.getNodeLocalRank(-1)).toThrow(
      coded('ERR_INVALID_ARG', 'fallbackRank'),
    );
  });
});
