import type { Launched, Place } from './launched.js';
import { isPmiOfSrun } from './pmi.js';
import { portOf } from './port.js';
import { integerIn, isSet, refusal, Variables } from './variables.js';

interface Flavour {
  readonly launcher: 'openmpi' | 'mpich';
  readonly name: string;
  readonly rank: string;
  readonly size: string;
  readonly localRank: string;
  readonly localSize: string;
  /** What all processes of one mpirun have in common, and no others. MPICH's have nothing of the kind. */
  readonly job: readonly string[];
}

const flavours: readonly Flavour[] = [
  {
    launcher: 'openmpi',
    name: 'Open MPI',
    rank: 'OMPI_COMM_WORLD_RANK',
    size: 'OMPI_COMM_WORLD_SIZE',
    localRank: 'OMPI_COMM_WORLD_LOCAL_RANK',
    localSize: 'OMPI_COMM_WORLD_LOCAL_SIZE',
    job: ['PMIX_NAMESPACE', 'OMPI_MCA_ess_base_jobid'],
  },
  {
    launcher: 'mpich',
    name: 'MPICH, Intel MPI',
    rank: 'PMI_RANK',
    size: 'PMI_SIZE',
    localRank: 'MPI_LOCALRANKID',
    localSize: 'MPI_LOCALNRANKS',
    job: [],
  },
];

const flavourOf = (env: NodeJS.ProcessEnv): Flavour | undefined =>
  flavours.find(
    ({ launcher, rank, size, localRank, localSize }) =>
      [rank, size, localRank, localSize].some((name) => isSet(env, name)) &&
      !(launcher === 'mpich' && isPmiOfSrun(env)),
  );

/** @internal Whether an mpirun started this process. */
export const isMpi = (env: NodeJS.ProcessEnv): boolean => flavourOf(env) !== undefined;

/** @internal What mpirun says, as another launcher's variables are compared with it. */
export function placeInMpi(env: NodeJS.ProcessEnv): Place | undefined {
  const flavour = flavourOf(env);
  if (flavour === undefined) return undefined;
  const rank = integerIn(env, flavour.rank);
  const size = integerIn(env, flavour.size);
  const here = integerIn(env, flavour.localSize);
  if (rank === undefined || size === undefined) return undefined;
  const told = { launcher: flavour.name, rankName: flavour.rank, rank, size };
  return { ...told, ...(here !== undefined && { localSize: here }) };
}

/** @internal mpirun. MPI would tell its processes where they meet by MPI's own ways, so it has to be said. */
export function fromMpi(env: NodeJS.ProcessEnv): Launched {
  const flavour = flavourOf(env) as Flavour;
  const given = new Variables(env, flavour.name);
  const { rank, size } = given.ranks(flavour.rank, flavour.size);
  const local = given.ranks(flavour.localRank, flavour.localSize);
  if (local.size > size || local.rank > rank) {
    throw refusal(
      `${flavour.localRank} is ${local.rank} of ${local.size} and ${flavour.rank} ${rank} of ${size}: they contradict each other`,
    );
  }
  return {
    launcher: flavour.launcher,
    rank,
    worldSize: size,
    localRank: local.rank,
    localWorldSize: local.size,
    ...masterOf(given, flavour, local.size === size),
    isStoreServed: false,
    attempt: 0,
    taken: given.taken,
    notes: given.notes,
  };
}

function masterOf(given: Variables, flavour: Flavour, isOneHost: boolean) {
  const job = flavour.job.find((name) => given.has(name));
  if (!given.has('MASTER_ADDR') && !isOneHost) {
    throw refusal(
      `MASTER_ADDR is not set, and ${flavour.name} started processes on several hosts without a word where they meet: ` +
        'set MASTER_ADDR to the host of rank 0 and MASTER_PORT to a free port there',
    );
  }
  if (!given.has('MASTER_PORT') && (job === undefined || !isOneHost)) {
    throw refusal(
      `MASTER_PORT is not set, and nothing of ${flavour.name} is the same in all processes to work one out of: ` +
        'set MASTER_ADDR to the host of rank 0 and MASTER_PORT to a free port there',
    );
  }
  return given.master({
    addr: isOneHost ? '127.0.0.1' : undefined,
    port: given.has('MASTER_PORT') ? undefined : portOf(given.text(job as string)),
  });
}
