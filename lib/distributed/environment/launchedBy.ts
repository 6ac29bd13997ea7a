import { fromTorchrun, fromVariables, isTorchrun } from './explicit.js';
import type { Launched, Place } from './launched.js';
import { fromMpi, isMpi, placeInMpi } from './mpi.js';
import { refusePmix } from './pmi.js';
import { fromSlurm, isFromShell, isStep, placeInStep } from './slurm.js';
import { hasTerminal as ownTerminal } from './terminal.js';
import { fromTrainer, isTrainer } from './trainer.js';
import { integerIn, isSet, refusal } from './variables.js';

const ranks = ['RANK', 'WORLD_SIZE'];
const masters = ['MASTER_ADDR', 'MASTER_PORT'];

/**
 * Who started this process as one of a group. In this order: torchrun; RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT;
 * Kubeflow Trainer's PET_*; a step of SLURM's; mpirun. Where an mpirun was started in a step, it is the mpirun.
 *
 * @returns `undefined` where nothing says that there are others.
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` where something does, and it does not hold together: this process
 *   would train alone while the others wait.
 */
export function launchedBy(
  env: NodeJS.ProcessEnv = process.env,
  hasTerminal: () => boolean = ownTerminal,
): Launched | undefined {
  const step = isStep(env, hasTerminal);
  const outer = [step ? placeInStep(env) : undefined, placeInMpi(env)].filter(
    (place) => place !== undefined,
  );
  const launched = innermost(env, step);
  if (launched !== undefined) for (const place of outer) compare(launched, place, env);
  return launched;
}

function innermost(env: NodeJS.ProcessEnv, isInStep: boolean): Launched | undefined {
  if (isTorchrun(env)) return fromTorchrun(env);
  const has = (name: string) => isSet(env, name);
  if ([...ranks, ...masters].every(has)) return fromVariables(env);
  // Scripts for srun and mpirun often export a part: it goes with the rest of what the launcher says.
  if (isTrainer(env)) return ranks.some(has) ? fromVariables(env) : fromTrainer(env);
  if (isInStep || isMpi(env)) {
    const isMpiInStep =
      isInStep && isMpi(env) && (isFromShell(env) || isInside(placeInMpi(env), placeInStep(env)));
    const found = isInStep && !isMpiInStep ? fromSlurm(env) : fromMpi(env);
    requireAgreement(env, found);
    return found;
  }
  if ([...ranks, ...masters].some(has)) return fromVariables(env);
  refusePmix(env);
  return undefined;
}

type Counted = Pick<Place, 'size' | 'localSize'>;

// mpirun has srun start its daemons, one on each host: a launcher that was started within another counts more.
function isInside(inner: Counted | undefined, outer: Counted | undefined): boolean {
  if (inner === undefined || outer === undefined) return false;
  return inner.size > outer.size || (inner.localSize ?? 0) > (outer.localSize ?? Infinity);
}

function compare(launched: Launched, outer: Place, env: NodeJS.ProcessEnv): void {
  const { launcher, rank, worldSize, localWorldSize } = launched;
  const aside = `To leave ${outer.launcher} aside: env -u ${outer.rankName}`;
  const isStarted = launcher === 'torchrun' || launcher === 'environment';
  const hosts = isStarted ? integerIn(env, 'GROUP_WORLD_SIZE') : undefined;
  if (hosts !== undefined && hosts < outer.size) {
    throw refusal(
      `GROUP_WORLD_SIZE is ${hosts}, and ${outer.launcher} started ${outer.size} processes: each would start a group ` +
        `of its own. Start torchrun or lenet-torch launch with --nnodes ${outer.size}. ${aside}`,
    );
  }
  const inner = { size: worldSize, localSize: localWorldSize };
  // srun is never started by mpirun.
  if (launcher !== 'slurm' && isInside(inner, outer)) return;
  if (rank === outer.rank && worldSize === outer.size) return;
  throw refusal(
    `${launcher} says rank ${rank} of ${worldSize}, ${outer.launcher} says rank ${outer.rank} of ${outer.size}: ` +
      `they contradict each other. ${aside}`,
  );
}

function requireAgreement(env: NodeJS.ProcessEnv, { launcher, rank, worldSize }: Launched): void {
  const known = { RANK: rank, WORLD_SIZE: worldSize };
  for (const [name, value] of Object.entries(known)) {
    if (!isSet(env, name) || env[name] === String(value)) continue;
    throw refusal(
      `${name} is '${env[name]}', and ${launcher} says ${value}: they contradict each other`,
    );
  }
}
