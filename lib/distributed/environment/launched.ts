/** Who started this process as one of a group, and where the group meets. */
export interface Launched {
  readonly launcher: string;
  readonly rank: number;
  readonly worldSize: number;
  readonly localRank: number;
  readonly localWorldSize: number;
  readonly masterAddr: string;
  readonly masterPort: number;
  readonly isStoreServed: boolean;
  readonly attempt: number;
  readonly taken: readonly string[];
  readonly notes: readonly string[];
}

// To be replaced by the branch that knows launchers.
export function launchedBy(env: NodeJS.ProcessEnv = process.env): Launched | undefined {
  if (env.RANK === undefined) return undefined;
  return {
    launcher: 'environment',
    rank: Number(env.RANK),
    worldSize: Number(env.WORLD_SIZE),
    localRank: Number(env.LOCAL_RANK ?? 0),
    localWorldSize: Number(env.LOCAL_WORLD_SIZE ?? 1),
    masterAddr: env.MASTER_ADDR ?? '',
    masterPort: Number(env.MASTER_PORT),
    isStoreServed: env.TORCHELASTIC_USE_AGENT_STORE === 'True',
    attempt: Number(env.TORCHELASTIC_RESTART_COUNT ?? 0),
    taken: [],
    notes: [],
  };
}
