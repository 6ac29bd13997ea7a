import { createServer } from 'node:net';

import { usefulThreads } from '../../context/quota.js';

/** Which part of the group this host has, and where all meet. */
export interface Nodes {
  readonly count: number;
  /** This host's number, 0…count − 1. */
  readonly rank: number;
  /** Processes on each host. */
  readonly processes: number;
  readonly masterAddr: string;
  readonly masterPort: number;
}

// Of a launcher around this one, or taken as options of this one.
const foreign = /^(TORCHELASTIC|PET)_/;

/** The variables of one process, as torchrun sets them. */
export function rankEnvironment(
  env: NodeJS.ProcessEnv,
  { count, rank, processes, masterAddr, masterPort }: Nodes,
  localRank: number,
  restarts: { done: number; most: number },
): NodeJS.ProcessEnv {
  const threads = Math.max(1, Math.floor(usefulThreads() / processes));
  const kept = Object.entries(env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    RANK: String(rank * processes + localRank),
    LOCAL_RANK: String(localRank),
    GROUP_RANK: String(rank),
    WORLD_SIZE: String(count * processes),
    LOCAL_WORLD_SIZE: String(processes),
    GROUP_WORLD_SIZE: String(count),
    MASTER_ADDR: masterAddr,
    MASTER_PORT: String(masterPort),
    TORCHELASTIC_RESTART_COUNT: String(restarts.done),
    TORCHELASTIC_MAX_RESTARTS: String(restarts.most),
    OMP_NUM_THREADS: env.OMP_NUM_THREADS || String(threads),
  };
}

/** A port that nobody listens on; somebody may until it is used. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
