import type { Launched, Place } from './launched.js';
import { firstHost, tasksOfNode } from './nodeList.js';
import { portOf } from './port.js';
import { integerIn, isSet, refusal, Variables } from './variables.js';

// Steps beyond are SLURM's own: sbatch's script, and the shell that salloc opens on a node.
const mostSteps = 0xfffffff0;

// Only a step has them: salloc and sbatch set SLURM_NTASKS, sbatch's script even has a SLURM_PROCID.
const ofStep = [
  'SLURM_STEP_ID',
  'SLURM_STEPID',
  'SLURM_STEP_NUM_TASKS',
  'SLURM_STEP_NODELIST',
  'SLURM_STEP_TASKS_PER_NODE',
];

/**
 * @internal Whether srun started this process as one of a step. A shell that `srun --pty` opened is none. Its variables
 * go on to the steps that are started from it, SLURM_PTY_PORT too, but these have no terminal.
 */
export function isStep(env: NodeJS.ProcessEnv, hasTerminal: () => boolean): boolean {
  if (!ofStep.some((name) => isSet(env, name))) return false;
  const step = integerIn(env, 'SLURM_STEP_ID') ?? integerIn(env, 'SLURM_STEPID') ?? 0;
  if (step >= mostSteps) return false;
  return !(isFromShell(env) && hasTerminal());
}

/** @internal Whether a shell that `srun --pty` opened is this process or above it: what it says of a step may be old. */
export const isFromShell = (env: NodeJS.ProcessEnv): boolean => isSet(env, 'SLURM_PTY_PORT');

/** @internal The step as another launcher's variables are compared with it. */
export function placeInStep(env: NodeJS.ProcessEnv): Place | undefined {
  // What was started in `srun --pty bash` has the shell's rank.
  if (isFromShell(env)) return undefined;
  const rank = integerIn(env, 'SLURM_PROCID');
  const size = integerIn(env, sizeName(env));
  if (rank === undefined || size === undefined) return undefined;
  const here = isSet(env, 'SLURM_GTIDS') ? env.SLURM_GTIDS?.split(',').length : undefined;
  const told = { launcher: 'SLURM', rankName: 'SLURM_PROCID', rank, size };
  return { ...told, ...(here !== undefined && { localSize: here }) };
}

// SLURM_NTASKS may be the job's, of which the step has a part.
const sizeName = (env: NodeJS.ProcessEnv): string =>
  isSet(env, 'SLURM_STEP_NUM_TASKS') ? 'SLURM_STEP_NUM_TASKS' : 'SLURM_NTASKS';

/** @internal srun. MASTER_ADDR and MASTER_PORT go before the step's first host and the port of its number. */
export function fromSlurm(env: NodeJS.ProcessEnv): Launched {
  const given = new Variables(env, 'SLURM');
  if ((integerIn(env, 'SLURM_HET_SIZE') ?? 1) > 1) {
    throw refusal(
      'SLURM_HET_SIZE: the parts of a heterogeneous job count their tasks each for itself: set RANK, WORLD_SIZE, ' +
        'MASTER_ADDR and MASTER_PORT',
    );
  }
  const { rank, size } = given.ranks('SLURM_PROCID', sizeName(env));
  const localRank = given.integer('SLURM_LOCALID', 0, rank);
  const localWorldSize = tasksHere(given, size);
  if (localRank >= localWorldSize || localWorldSize > size) {
    throw refusal(
      `SLURM_LOCALID is ${localRank}, of ${localWorldSize} tasks on this node and ${size} in all: they contradict each other`,
    );
  }
  const master = given.master({
    addr: given.has('MASTER_ADDR') ? undefined : firstHostOf(given),
    port: given.has('MASTER_PORT') ? undefined : portOfStep(given),
  });
  return {
    launcher: 'slurm',
    rank,
    worldSize: size,
    localRank,
    localWorldSize,
    ...master,
    isStoreServed: false,
    attempt: 0,
    taken: given.taken,
    notes: given.notes,
  };
}

// The global numbers of this node's tasks, or the counts of all nodes.
function tasksHere(given: Variables, size: number): number {
  if (given.has('SLURM_GTIDS')) return given.text('SLURM_GTIDS').split(',').length;
  if (integerIn(given.env, 'SLURM_STEP_NUM_NODES') === 1) return size;
  const list = given.text('SLURM_STEP_TASKS_PER_NODE');
  const node = given.integer('SLURM_NODEID', 0);
  return tasksOfNode('SLURM_STEP_TASKS_PER_NODE', list, node);
}

function firstHostOf(given: Variables): string {
  const { env } = given;
  if (env.SLURM_DISTRIBUTION?.startsWith('arbitrary')) {
    throw refusal(
      `SLURM_DISTRIBUTION is '${env.SLURM_DISTRIBUTION}': the first host need not have rank 0; set MASTER_ADDR to that one's`,
    );
  }
  // The job's first host is the step's only where the step has all hosts.
  const [nodes, step] = ['SLURM_JOB_NUM_NODES', 'SLURM_STEP_NUM_NODES'].map((name) =>
    integerIn(env, name),
  );
  const isWhole = nodes !== undefined && nodes === step;
  const name =
    !given.has('SLURM_STEP_NODELIST') && isWhole ? 'SLURM_JOB_NODELIST' : 'SLURM_STEP_NODELIST';
  return firstHost(name, given.text(name));
}

function portOfStep(given: Variables): number {
  const idName = given.has('SLURM_JOB_ID') ? 'SLURM_JOB_ID' : 'SLURM_JOBID';
  const stepName = given.has('SLURM_STEP_ID') ? 'SLURM_STEP_ID' : 'SLURM_STEPID';
  return portOf(`${given.integer(idName, 0)}.${given.integer(stepName, 0)}`);
}
