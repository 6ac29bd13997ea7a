// What launchers set, recorded from torchrun 2.11, SLURM 22.05, Open MPI 4.1 and MPICH 4.0, or read in the sources of
// Kubeflow's operators. What says nothing of groups is left out.
import type { Launched } from '../../lib/distributed/environment/index.js';

type Answer = Omit<Launched, 'taken' | 'notes'>;

export interface Case {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly answer: Answer;
}

const alone = { isStoreServed: false, attempt: 0 } as const;

export const torchrun = {
  GROUP_RANK: '1',
  GROUP_WORLD_SIZE: '2',
  LOCAL_RANK: '1',
  LOCAL_WORLD_SIZE: '2',
  MASTER_ADDR: 'host1',
  MASTER_PORT: '36207',
  OMP_NUM_THREADS: '1',
  RANK: '3',
  ROLE_NAME: 'default',
  ROLE_RANK: '3',
  ROLE_WORLD_SIZE: '4',
  TORCHELASTIC_ERROR_FILE: '/tmp/torchelastic_125elj6f/55ed0718/attempt_2/1/error.json',
  TORCHELASTIC_MAX_RESTARTS: '3',
  TORCHELASTIC_RESTART_COUNT: '2',
  TORCHELASTIC_RUN_ID: '55ed0718-dadb-42fa-97f8-9c07f35b0f69',
  TORCHELASTIC_SIGNALS_TO_HANDLE: 'SIGTERM,SIGINT,SIGHUP,SIGQUIT',
  TORCHELASTIC_USE_AGENT_STORE: 'True',
  TORCH_NCCL_ASYNC_ERROR_HANDLING: '1',
  WORLD_SIZE: '4',
};

export const srun = {
  SLURMD_NODENAME: 'n2',
  SLURM_CPUS_ON_NODE: '1',
  SLURM_GTIDS: '2',
  SLURM_JOBID: '1',
  SLURM_JOB_CPUS_PER_NODE: '2,1',
  SLURM_JOB_ID: '1',
  SLURM_JOB_NAME: 'sh',
  SLURM_JOB_NODELIST: 'n[1-2]',
  SLURM_JOB_NUM_NODES: '2',
  SLURM_LAUNCH_NODE_IPADDR: '192.0.2.1',
  SLURM_LOCALID: '0',
  SLURM_NNODES: '2',
  SLURM_NODEID: '1',
  SLURM_NODELIST: 'n[1-2]',
  SLURM_NPROCS: '3',
  SLURM_NTASKS: '3',
  SLURM_PROCID: '2',
  SLURM_SRUN_COMM_PORT: '33475',
  SLURM_STEPID: '0',
  SLURM_STEP_ID: '0',
  SLURM_STEP_LAUNCHER_PORT: '33475',
  SLURM_STEP_NODELIST: 'n[1-2]',
  SLURM_STEP_NUM_NODES: '2',
  SLURM_STEP_NUM_TASKS: '3',
  SLURM_STEP_TASKS_PER_NODE: '2,1',
  SLURM_TASKS_PER_NODE: '2,1',
  SLURM_TASK_PID: '17469',
};

/** What `srun --mpi=pmi2` and `--mpi=pmix`, a cluster's defaults often, set besides. */
export const slurmPmi2 = { PMI_FD: '11', PMI_JOBID: '1.0', PMI_RANK: '2', PMI_SIZE: '3' };
export const slurmPmix = { PMIX_NAMESPACE: 'slurm.pmix.1.0', PMIX_RANK: '2' };

/** sbatch's own script, of a job with four tasks. */
export const sbatch = {
  SLURMD_NODENAME: 'n1',
  SLURM_GTIDS: '0',
  SLURM_JOBID: '2',
  SLURM_JOB_ID: '2',
  SLURM_JOB_NAME: 'job.sh',
  SLURM_JOB_NODELIST: 'n[1-2]',
  SLURM_JOB_NUM_NODES: '2',
  SLURM_LOCALID: '0',
  SLURM_NNODES: '2',
  SLURM_NODEID: '0',
  SLURM_NODELIST: 'n[1-2]',
  SLURM_NPROCS: '4',
  SLURM_NTASKS: '4',
  SLURM_NTASKS_PER_NODE: '2',
  SLURM_PROCID: '0',
  SLURM_TASKS_PER_NODE: '2(x2)',
  SLURM_TASK_PID: '17507',
};

export const openmpi = {
  OMPI_APP_CTX_NUM_PROCS: '2',
  OMPI_COMM_WORLD_LOCAL_RANK: '1',
  OMPI_COMM_WORLD_LOCAL_SIZE: '2',
  OMPI_COMM_WORLD_NODE_RANK: '1',
  OMPI_COMM_WORLD_RANK: '1',
  OMPI_COMM_WORLD_SIZE: '2',
  OMPI_MCA_ess_base_jobid: '791085057',
  OMPI_MCA_ess_base_vpid: '1',
  OMPI_UNIVERSE_SIZE: '2',
  PMIX_ID: '791085057.1',
  PMIX_NAMESPACE: '791085057',
  PMIX_RANK: '1',
};

export const mpich = {
  HYDI_CONTROL_FD: '7',
  MPI_LOCALNRANKS: '2',
  MPI_LOCALRANKID: '1',
  PMI_FD: '8',
  PMI_RANK: '1',
  PMI_SIZE: '2',
};

/** A process of `mpirun -n 4` in a job of SLURM's: its daemons are a step of two tasks. */
export const mpichInSlurm = {
  ...sbatch,
  SLURM_GTIDS: '1',
  SLURM_NPROCS: '2',
  SLURM_PROCID: '1',
  SLURM_NODEID: '1',
  SLURM_STEPID: '1',
  SLURM_STEP_ID: '1',
  SLURM_STEP_NODELIST: 'n[1-2]',
  SLURM_STEP_NUM_NODES: '2',
  SLURM_STEP_NUM_TASKS: '2',
  SLURM_STEP_TASKS_PER_NODE: '1(x2)',
  MPI_LOCALNRANKS: '2',
  MPI_LOCALRANKID: '1',
  PMI_FD: '6',
  PMI_RANK: '3',
  PMI_SIZE: '4',
};

export const pytorchjob = {
  PYTHONUNBUFFERED: '1',
  MASTER_ADDR: 'job-master-0',
  MASTER_PORT: '23456',
  RANK: '1',
  WORLD_SIZE: '3',
  PET_MASTER_ADDR: 'job-master-0',
  PET_MASTER_PORT: '23456',
  PET_NNODES: '3',
  PET_NODE_RANK: '1',
  PET_NPROC_PER_NODE: 'auto',
};

export const trainer = {
  PET_MASTER_ADDR: 'job-node-0-0.job',
  PET_MASTER_PORT: '29400',
  PET_NNODES: '2',
  PET_NODE_RANK: '1',
  PET_NPROC_PER_NODE: '1',
};

export const byHand = { RANK: '1', WORLD_SIZE: '2', MASTER_ADDR: '10.0.0.1', MASTER_PORT: '29500' };

export const master = { MASTER_ADDR: 'host1', MASTER_PORT: '29500' };

/** All that a launcher sets: whatever single variable goes, the answer is the same or an error. */
export const complete: readonly Case[] = [
  {
    name: 'torchrun, c10d rendezvous',
    env: torchrun,
    answer: {
      launcher: 'torchrun',
      rank: 3,
      worldSize: 4,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: 'host1',
      masterPort: 36_207,
      isStoreServed: true,
      attempt: 2,
    },
  },
  {
    name: 'torchrun, static, a store of its own',
    env: {
      ...torchrun,
      GROUP_RANK: '0',
      GROUP_WORLD_SIZE: '1',
      LOCAL_RANK: '0',
      MASTER_ADDR: '127.0.0.1',
      MASTER_PORT: '29511',
      RANK: '0',
      WORLD_SIZE: '2',
      TORCHELASTIC_RESTART_COUNT: '0',
      TORCHELASTIC_RUN_ID: 'none',
      TORCHELASTIC_USE_AGENT_STORE: 'False',
    },
    answer: {
      launcher: 'torchrun',
      rank: 0,
      worldSize: 2,
      localRank: 0,
      localWorldSize: 2,
      masterAddr: '127.0.0.1',
      masterPort: 29_511,
      ...alone,
    },
  },
  {
    name: 'by hand',
    env: byHand,
    answer: {
      launcher: 'environment',
      rank: 1,
      worldSize: 2,
      localRank: 0,
      localWorldSize: 1,
      masterAddr: '10.0.0.1',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'by hand with places on the host',
    env: { ...byHand, RANK: '3', WORLD_SIZE: '4', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' },
    answer: {
      launcher: 'environment',
      rank: 3,
      worldSize: 4,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: '10.0.0.1',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'by hand on one host',
    env: { ...byHand, MASTER_ADDR: 'localhost' },
    answer: {
      launcher: 'environment',
      rank: 1,
      worldSize: 2,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: 'localhost',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'a group of one',
    env: { ...byHand, RANK: '0', WORLD_SIZE: '1' },
    answer: {
      launcher: 'environment',
      rank: 0,
      worldSize: 1,
      localRank: 0,
      localWorldSize: 1,
      masterAddr: '10.0.0.1',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'srun',
    env: srun,
    answer: {
      launcher: 'slurm',
      rank: 2,
      worldSize: 3,
      localRank: 0,
      localWorldSize: 1,
      masterAddr: 'n1',
      masterPort: 65_333,
      ...alone,
    },
  },
  {
    name: 'Open MPI on one host',
    env: openmpi,
    answer: {
      launcher: 'openmpi',
      rank: 1,
      worldSize: 2,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: '127.0.0.1',
      masterPort: 61_781,
      ...alone,
    },
  },
  {
    name: 'Open MPI on two hosts',
    env: {
      ...openmpi,
      ...master,
      OMPI_COMM_WORLD_SIZE: '4',
      OMPI_COMM_WORLD_RANK: '3',
      PMIX_RANK: '3',
    },
    answer: {
      launcher: 'openmpi',
      rank: 3,
      worldSize: 4,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: 'host1',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'MPICH on two hosts',
    env: { ...mpich, ...master, PMI_SIZE: '3', PMI_RANK: '2' },
    answer: {
      launcher: 'mpich',
      rank: 2,
      worldSize: 3,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: 'host1',
      masterPort: 29_500,
      ...alone,
    },
  },
  {
    name: 'PyTorchJob',
    env: pytorchjob,
    answer: {
      launcher: 'pytorchjob',
      rank: 1,
      worldSize: 3,
      localRank: 0,
      localWorldSize: 1,
      masterAddr: 'job-master-0',
      masterPort: 23_456,
      ...alone,
    },
  },
  {
    name: 'Kubeflow Trainer',
    env: trainer,
    answer: {
      launcher: 'trainer',
      rank: 1,
      worldSize: 2,
      localRank: 0,
      localWorldSize: 1,
      masterAddr: 'job-node-0-0.job',
      masterPort: 29_400,
      ...alone,
    },
  },
];
