import { isSet, refusal } from './variables.js';

const isJob = (env: NodeJS.ProcessEnv): boolean =>
  isSet(env, 'SLURM_JOB_ID') || isSet(env, 'SLURM_JOBID');

/**
 * @internal Whether PMI's variables are srun's own (`--mpi=pmi2`, a cluster's default often), and no mpirun's. Of a step
 * they say what SLURM's say; they stay in shells that srun opened, and go with what is submitted from there.
 */
export const isPmiOfSrun = (env: NodeJS.ProcessEnv): boolean =>
  isJob(env) &&
  isSet(env, 'PMI_JOBID') &&
  !isSet(env, 'MPI_LOCALRANKID') &&
  !isSet(env, 'MPI_LOCALNRANKS');

// `srun --mpi=pmix`, likewise.
const isPmixOfSrun = (env: NodeJS.ProcessEnv): boolean =>
  isJob(env) && env.PMIX_NAMESPACE?.startsWith('slurm.pmix.') === true;

/** @internal Refuses a process of PMIx's (prterun) of which no other launcher tells. */
export function refusePmix(env: NodeJS.ProcessEnv): void {
  const name = ['PMIX_RANK', 'PMIX_NAMESPACE'].find((each) => isSet(env, each));
  if (name === undefined || isPmixOfSrun(env)) return;
  throw refusal(
    `${name} is set: a launcher of PMIx's (prterun) started this process, and tells the number of processes only to ` +
      'programs that are linked with PMIx. Set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or take PMIX_RANK and ' +
      'PMIX_NAMESPACE away to train alone',
  );
}
