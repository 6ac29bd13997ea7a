import type { Launched } from './launched.js';
import { integerIn, isSet, refusal, Variables } from './variables.js';

/** @internal Whether torchrun started this process, and not only a manifest that is meant for it. */
export const isTorchrun = (env: NodeJS.ProcessEnv): boolean =>
  isSet(env, 'TORCHELASTIC_RUN_ID') || isSet(env, 'TORCHELASTIC_USE_AGENT_STORE');

/** @internal torchrun: all that it sets is there, or something took it away. */
export function fromTorchrun(env: NodeJS.ProcessEnv): Launched {
  const given = new Variables(env, 'torchrun');
  const { rank, size } = given.ranks('RANK', 'WORLD_SIZE');
  const local = localOf(given, rank, size);
  const served = given.text('TORCHELASTIC_USE_AGENT_STORE');
  if (served !== 'True' && served !== 'False') {
    throw refusal(`TORCHELASTIC_USE_AGENT_STORE: expected True or False, got '${served}'`);
  }
  return {
    launcher: 'torchrun',
    rank,
    worldSize: size,
    ...local,
    ...given.master(),
    isStoreServed: served === 'True',
    attempt: given.integer('TORCHELASTIC_RESTART_COUNT', 0),
    taken: given.taken,
    notes: given.notes,
  };
}

/** @internal RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT: by hand, by `lenet-torch launch`, by a PyTorchJob. */
export function fromVariables(env: NodeJS.ProcessEnv): Launched {
  const isJob = Object.keys(env).some((name) => name.startsWith('PET_') && isSet(env, name));
  const given = new Variables(env, isJob ? 'PyTorchJob' : 'RANK, WORLD_SIZE, MASTER_*');
  const { rank, size } = given.ranks('RANK', 'WORLD_SIZE');
  const master = given.master();
  return {
    launcher: isJob ? 'pytorchjob' : 'environment',
    rank,
    worldSize: size,
    ...(isJob ? localOfJob(given, rank, size) : localByHand(given, rank, size, master.masterAddr)),
    ...master,
    isStoreServed: false,
    attempt: given.has('TORCHELASTIC_RESTART_COUNT')
      ? given.integer('TORCHELASTIC_RESTART_COUNT', 0)
      : 0,
    taken: given.taken,
    notes: given.notes,
  };
}

interface Local {
  readonly localRank: number;
  readonly localWorldSize: number;
}

const hasLocal = (given: Variables): boolean =>
  given.has('LOCAL_RANK') || given.has('LOCAL_WORLD_SIZE');

function localOf(given: Variables, rank: number, size: number): Local {
  const { rank: localRank, size: localWorldSize } = given.ranks('LOCAL_RANK', 'LOCAL_WORLD_SIZE');
  if (localWorldSize > size) {
    throw refusal(`LOCAL_WORLD_SIZE is ${localWorldSize}, more than WORLD_SIZE ${size}`);
  }
  if (localRank > rank) throw refusal(`LOCAL_RANK is ${localRank}, more than RANK ${rank}`);
  return { localRank, localWorldSize };
}

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/.test(host);

function localByHand(given: Variables, rank: number, size: number, master: string): Local {
  const isOneHost = isLoopback(master);
  if (isOneHost && !given.has('LOCAL_WORLD_SIZE')) {
    const localRank = given.has('LOCAL_RANK') ? given.integer('LOCAL_RANK', 0) : rank;
    if (localRank === rank) return { localRank, localWorldSize: size };
    throw refusal(
      `LOCAL_RANK is ${localRank} and RANK ${rank}, but MASTER_ADDR ${master} says that all are on one host: ` +
        'give LOCAL_WORLD_SIZE too, or the address by which other hosts reach rank 0',
    );
  }
  if (hasLocal(given)) return localOf(given, rank, size);
  if (size > 1) {
    given.notes.push(
      'LOCAL_RANK and LOCAL_WORLD_SIZE are not set: this process is taken for the only one on its host',
    );
  }
  return { localRank: 0, localWorldSize: 1 };
}

// The operator numbers pods. What runs several processes in each is torchrun, which would have set LOCAL_RANK.
function localOfJob(given: Variables, rank: number, size: number): Local {
  if (hasLocal(given)) return localOf(given, rank, size);
  const { env } = given;
  const pods = integerIn(env, 'PET_NNODES');
  const perPod = integerIn(env, 'PET_NPROC_PER_NODE');
  const isSeveral = pods === undefined ? (perPod ?? 1) > 1 : pods < size;
  if (isSeveral) {
    throw refusal(
      `WORLD_SIZE is ${size}, PET_NNODES ${env.PET_NNODES ?? 'not set'} and PET_NPROC_PER_NODE ` +
        `${env.PET_NPROC_PER_NODE ?? 'not set'}: several processes in each pod, and this is one without LOCAL_RANK. ` +
        'Start under torchrun or `npx lenet-torch launch`, or set nprocPerNode to 1',
    );
  }
  if (pods !== undefined && pods > size) {
    throw refusal(`PET_NNODES is ${pods} and WORLD_SIZE ${size}: they contradict each other`);
  }
  for (const [name, pet] of pairs) {
    if (isSet(env, pet) && env[pet] !== env[name]) {
      throw refusal(
        `${pet} is '${env[pet]}' and ${name} '${env[name]}': they contradict each other`,
      );
    }
  }
  return { localRank: 0, localWorldSize: 1 };
}

const pairs = [
  ['RANK', 'PET_NODE_RANK'],
  ['MASTER_ADDR', 'PET_MASTER_ADDR'],
  ['MASTER_PORT', 'PET_MASTER_PORT'],
] as const;
