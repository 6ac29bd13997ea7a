import { describe, expect, test } from 'vitest';

import { launchedBy } from '../../lib/distributed/environment/index.js';
import {
  byHand,
  complete,
  master,
  mpich,
  mpichInSlurm,
  openmpi,
  pytorchjob,
  sbatch,
  slurmPmi2,
  slurmPmix,
  srun,
  torchrun,
  trainer,
} from './environments.js';

const noTerminal = () => false;
const atTerminal = () => true;

function answerOf(env: NodeJS.ProcessEnv, hasTerminal = noTerminal) {
  const launched = launchedBy(env, hasTerminal);
  if (launched === undefined) return undefined;
  const { taken: _, notes: __, ...answer } = launched;
  return answer;
}

const without = (env: NodeJS.ProcessEnv, ...names: string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

describe('what launchers set', () => {
  test.each(complete)('$name', ({ env, answer }) => {
    expect(answerOf(env)).toEqual(answer);
  });

  test.each(complete)('$name: names what it took, all of it there', ({ env, answer }) => {
    const { taken } = launchedBy(env, noTerminal)!;
    expect(taken.length).toBeGreaterThanOrEqual(3);
    expect(taken.filter((name) => env[name] === undefined)).toEqual([]);
    expect(taken.some((name) => env[name] === String(answer.rank))).toBe(true);
    expect(new Set(taken).size).toBe(taken.length);
  });

  // Empty is how manifests and compose files say "not set".
  const holes = complete.flatMap(({ name, env, answer }) =>
    Object.keys(env).map((gone) => ({ name, gone, env, answer })),
  );
  test.each(holes)('$name without $gone: the same, or refused', ({ env, gone, answer }) => {
    for (const holed of [without(env, gone), { ...env, [gone]: '' }]) {
      let found: unknown;
      try {
        found = answerOf(holed);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_DISTRIBUTED_ENVIRONMENT' });
        continue;
      }
      expect(found).toEqual(answer);
    }
  });

  test('half of the variables, whichever: never alone', () => {
    for (const { env } of complete) {
      const names = Object.keys(env).filter((name) => /RANK|SIZE|STEP|NNODES/.test(name));
      for (let i = 0; i < names.length; i++) {
        for (let j = i + 1; j < names.length; j++) {
          const holed = without(env, names[i]!, names[j]!);
          const isLeft = /^(RANK|WORLD_SIZE|MASTER_|PET_|SLURM_STEP|OMPI_COMM|PMI_|MPI_LOCAL)/;
          if (!Object.keys(holed).some((name) => isLeft.test(name))) continue;
          let found: unknown;
          try {
            found = launchedBy(holed, noTerminal);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ERR_DISTRIBUTED_ENVIRONMENT' });
            continue;
          }
          expect(found, `${names[i]} and ${names[j]} gone`).toBeDefined();
        }
      }
    }
  });
});

describe('alone', () => {
  test.each<[string, NodeJS.ProcessEnv, () => boolean]>([
    ['nothing is set', {}, noTerminal],
    ['all is empty', { RANK: '', WORLD_SIZE: '', MASTER_ADDR: '', MASTER_PORT: '' }, noTerminal],
    ["sbatch's own script", sbatch, noTerminal],
    ['salloc', { ...without(sbatch, 'SLURM_PROCID'), SLURM_JOB_NAME: 'interactive' }, atTerminal],
    [
      'the shell that salloc opens on a node',
      {
        ...srun,
        SLURM_STEPID: '4294967290',
        SLURM_STEP_ID: '4294967290',
        SLURM_STEP_NUM_TASKS: '1',
        SLURM_PTY_PORT: '34889',
      },
      atTerminal,
    ],
    ['srun --pty bash', { ...srun, SLURM_PTY_PORT: '43361' }, atTerminal],
    ['srun --pty --mpi=pmi2 bash', { ...srun, SLURM_PTY_PORT: '43361', ...slurmPmi2 }, atTerminal],
    ['srun --pty --mpi=pmix bash', { ...srun, SLURM_PTY_PORT: '43361', ...slurmPmix }, atTerminal],
    [
      "sbatch's own script, from such a shell",
      { ...sbatch, ...slurmPmi2, ...slurmPmix },
      noTerminal,
    ],
    [
      "torchrun's settings",
      { TORCHELASTIC_ERROR_FILE: '/tmp/x', OMP_NUM_THREADS: '1' },
      atTerminal,
    ],
  ])('%s', (_, env, hasTerminal) => {
    expect(launchedBy(env, hasTerminal)).toBeUndefined();
  });
});

describe('SLURM', () => {
  test.each([
    ['', {}],
    [' --mpi=pmi2', slurmPmi2],
    [' --mpi=pmix', slurmPmix],
  ])('a step that was started from srun --pty bash is one: srun%s', (_, own) => {
    const env = { ...srun, SLURM_PTY_PORT: '43361', SLURM_STEP_ID: '1', SLURM_STEPID: '1', ...own };
    expect(answerOf(env)).toMatchObject({ launcher: 'slurm', rank: 2, worldSize: 3 });
  });

  test.each([
    ['n[001-004,7],other', 'n001'],
    ['n[3,5-9]', 'n3'],
    ['n7', 'n7'],
    ['a,b', 'a'],
    ['rack[1-2]n[3-4],x', 'rack1n3'],
    ['gpu-a.site.org,gpu-b', 'gpu-a.site.org'],
    ['n[010]-ib', 'n010-ib'],
  ])('the first host of %s is %s', (list, host) => {
    expect(answerOf({ ...srun, SLURM_STEP_NODELIST: list })!.masterAddr).toBe(host);
  });

  test.each([
    ['2(x3),1', '0', 2],
    ['2(x3),1', '2', 2],
    ['2(x3),1', '3', 1],
    ['1,4', '1', 4],
  ])('%s tasks on nodes: node %s has %d', (list, node, tasks) => {
    const env = {
      ...without(srun, 'SLURM_GTIDS'),
      SLURM_STEP_TASKS_PER_NODE: list,
      SLURM_NODEID: node,
      SLURM_STEP_NUM_TASKS: '7',
    };
    expect(answerOf(env)!.localWorldSize).toBe(tasks);
  });

  test('the port is of the job and the step, and the same for all tasks', () => {
    const port = (env: object) => answerOf({ ...srun, ...env })!.masterPort;
    expect(port({ SLURM_PROCID: '0', SLURM_GTIDS: '0,1' })).toBe(port({}));
    const ports = new Set<number>();
    for (let job = 1000; job < 1100; job++) ports.add(port({ SLURM_JOB_ID: String(job) }));
    for (let step = 1; step < 100; step++) ports.add(port({ SLURM_STEP_ID: String(step) }));
    expect(ports.size).toBeGreaterThan(190);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(61_440);
    expect(Math.max(...ports)).toBeLessThanOrEqual(65_535);
  });

  test('MASTER_ADDR and MASTER_PORT go before', () => {
    expect(answerOf({ ...srun, ...master })).toMatchObject({
      launcher: 'slurm',
      masterAddr: 'host1',
      masterPort: 29_500,
    });
    expect(answerOf({ ...srun, MASTER_PORT: '29500' })).toMatchObject({
      masterAddr: 'n1',
      masterPort: 29_500,
    });
  });

  test("a script's own RANK or WORLD_SIZE beside is welcome where it says the same", () => {
    expect(answerOf({ ...srun, WORLD_SIZE: '3', ...master })).toMatchObject({
      launcher: 'slurm',
      rank: 2,
    });
    expect(answerOf({ ...srun, RANK: '2', WORLD_SIZE: '3', ...master })).toMatchObject({
      launcher: 'environment',
      rank: 2,
    });
  });

  test("the step's number of tasks counts, not the job's", () => {
    expect(answerOf({ ...srun, SLURM_NTASKS: '8' })!.worldSize).toBe(3);
  });
});

describe('one launcher in another', () => {
  test('mpirun in a job of SLURM: the step is of its daemons', () => {
    const env = { ...mpichInSlurm, ...master };
    expect(answerOf(env)).toMatchObject({
      launcher: 'mpich',
      rank: 3,
      worldSize: 4,
      localRank: 1,
      localWorldSize: 2,
    });
    const onOne = { ...env, PMI_SIZE: '2', PMI_RANK: '1', SLURM_PROCID: '0', SLURM_GTIDS: '0' };
    expect(answerOf(onOne)).toMatchObject({ launcher: 'mpich', rank: 1, worldSize: 2 });
  });

  test.each([
    ['pmi2', slurmPmi2],
    ['pmix', slurmPmix],
  ])('srun --mpi=%s sets both, and they agree', (_, own) => {
    expect(answerOf({ ...srun, ...own })).toMatchObject({ launcher: 'slurm', rank: 2 });
  });

  test("mpirun in a shell of srun --pty: the shell's own PMI is not its", () => {
    const shell = { ...srun, SLURM_PTY_PORT: '43361', ...slurmPmi2, ...slurmPmix };
    const started = { ...shell, ...mpich, ...master };
    // What mpirun starts has no terminal often.
    for (const hasTerminal of [atTerminal, noTerminal]) {
      expect(answerOf(started, hasTerminal)).toMatchObject({ launcher: 'mpich', rank: 1 });
      expect(answerOf({ ...shell, ...openmpi }, hasTerminal)).toMatchObject({
        launcher: 'openmpi',
      });
    }
  });

  test('torchrun on each node of a step', () => {
    const step = { ...srun, SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_GTIDS: '1' };
    const launched = launchedBy({ ...step, ...torchrun }, noTerminal);
    expect(launched).toMatchObject({ launcher: 'torchrun', rank: 3, worldSize: 4, notes: [] });
  });

  test('lenet-torch launch in a shell of srun --pty, two tasks wide', () => {
    const env = { ...srun, SLURM_PROCID: '0', SLURM_PTY_PORT: '43361', ...byHand };
    // Its processes have no terminal.
    expect(answerOf(env)).toMatchObject({ launcher: 'environment', rank: 1, worldSize: 2 });
  });

  test("torchrun in a shell of srun --pty, four tasks wide: the shell's PMI is not compared", () => {
    const shell = { ...srun, SLURM_PTY_PORT: '43361', ...slurmPmi2, PMI_RANK: '0', PMI_SIZE: '4' };
    const env = {
      ...shell,
      ...torchrun,
      GROUP_WORLD_SIZE: '1',
      LOCAL_RANK: '3',
      LOCAL_WORLD_SIZE: '4',
    };
    for (const hasTerminal of [atTerminal, noTerminal]) {
      expect(answerOf(env, hasTerminal)).toMatchObject({ launcher: 'torchrun', rank: 3 });
    }
  });

  test('SLURM can be left aside', () => {
    const env = { ...srun, ...torchrun, GROUP_WORLD_SIZE: '1' };
    expect(answerOf(without(env, 'SLURM_PROCID'))).toMatchObject({ launcher: 'torchrun' });
  });

  test('torchrun in a pod of Kubeflow Trainer, which names its defaults', () => {
    const env = { ...trainer, PET_NPROC_PER_NODE: 'auto', ...torchrun };
    expect(answerOf(env)).toMatchObject({ launcher: 'torchrun', rank: 3 });
  });
});

test('what is guessed is said', () => {
  const notes = (env: NodeJS.ProcessEnv) => launchedBy(env, noTerminal)!.notes;
  expect(notes(byHand)).toEqual([expect.stringContaining('LOCAL_RANK and LOCAL_WORLD_SIZE')]);
  expect(notes({ ...byHand, RANK: '0', WORLD_SIZE: '1' })).toEqual([]);
  expect(notes(srun)).toEqual([]);
});

describe('refused', () => {
  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['half a set', { RANK: '0' }, /^WORLD_SIZE is not set/],
    ['half a set', { WORLD_SIZE: '2' }, /^RANK is not set/],
    ['half a set', { RANK: '0', WORLD_SIZE: '2' }, /^MASTER_ADDR is not set/],
    ['half a set', without(byHand, 'MASTER_PORT'), /^MASTER_PORT is not set/],
    ['a master alone', { MASTER_ADDR: 'host1' }, /^WORLD_SIZE is not set/],
    ['a port alone', { MASTER_PORT: '29500' }, /^WORLD_SIZE is not set/],
    ["in sbatch's own script", { ...sbatch, ...master, WORLD_SIZE: '4' }, /^RANK is not set/],
    ['a rank too many', { ...byHand, RANK: '2' }, /^RANK is 2 and WORLD_SIZE 2/],
    ['no number', { ...byHand, RANK: 'one' }, /^RANK: expected an integer ≥ 0, got 'one'/],
    ['below 0', { ...byHand, RANK: '-1' }, /^RANK: .*'-1'/],
    ['a fraction', { ...byHand, WORLD_SIZE: '2.0' }, /^WORLD_SIZE: .*'2\.0'/],
    ['hexadecimal', { ...byHand, WORLD_SIZE: '0x2' }, /^WORLD_SIZE: /],
    ['a space', { ...byHand, WORLD_SIZE: '2 ' }, /^WORLD_SIZE: .*'2 '/],
    ['nobody', { ...byHand, WORLD_SIZE: '0' }, /^WORLD_SIZE: expected an integer ≥ 1/],
    ['beyond counting', { ...byHand, WORLD_SIZE: '9'.repeat(17) }, /^WORLD_SIZE: /],
    [
      'port 0',
      { ...byHand, MASTER_PORT: '0' },
      /^MASTER_PORT: expected an integer from 1 to 65535/,
    ],
    ['port 65536', { ...byHand, MASTER_PORT: '65536' }, /^MASTER_PORT: /],
    ['no port', { ...byHand, MASTER_PORT: 'tcp://10.0.0.1:29500' }, /^MASTER_PORT: .*'tcp:/],
    ['two hosts', { ...byHand, MASTER_ADDR: 'a,b' }, /^MASTER_ADDR: expected the name or address/],
    ['a URL', { ...byHand, MASTER_ADDR: 'tcp://a' }, /^MASTER_ADDR: /],
    ['a host with a space', { ...byHand, MASTER_ADDR: ' a' }, /^MASTER_ADDR: /],
    ['LOCAL_RANK alone', { ...byHand, LOCAL_RANK: '0' }, /^LOCAL_WORLD_SIZE is not set/],
    ['LOCAL_WORLD_SIZE alone', { ...byHand, LOCAL_WORLD_SIZE: '1' }, /^LOCAL_RANK is not set/],
    [
      'LOCAL_RANK no number',
      { ...byHand, LOCAL_RANK: 'x', LOCAL_WORLD_SIZE: '1' },
      /^LOCAL_RANK: .*'x'/,
    ],
    [
      'more on the host than there are',
      { ...byHand, LOCAL_RANK: '0', LOCAL_WORLD_SIZE: '3' },
      /^LOCAL_WORLD_SIZE is 3, more than WORLD_SIZE 2/,
    ],
    [
      'further on the host than in all',
      { ...byHand, RANK: '0', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' },
      /^LOCAL_RANK is 1, more than RANK 0/,
    ],
    [
      'another place on the one host',
      { ...byHand, MASTER_ADDR: '127.0.0.1', LOCAL_RANK: '0' },
      /^LOCAL_RANK is 0 and RANK 1, but MASTER_ADDR 127\.0\.0\.1/,
    ],
    [
      'torchrun: another word for the store',
      { ...torchrun, TORCHELASTIC_USE_AGENT_STORE: 'yes' },
      /^TORCHELASTIC_USE_AGENT_STORE: expected True or False, got 'yes'/,
    ],
    [
      'torchrun: restarts',
      { ...torchrun, TORCHELASTIC_RESTART_COUNT: 'x' },
      /^TORCHELASTIC_RESTART_COUNT: /,
    ],
    ['torchrun: no rank', without(torchrun, 'RANK'), /^RANK is not set.*torchrun/],
    ['SLURM: no rank', without(srun, 'SLURM_PROCID'), /^SLURM_PROCID is not set.*SLURM/],
    [
      'SLURM: a rank too many',
      { ...srun, SLURM_PROCID: '3' },
      /^SLURM_PROCID is 3 and SLURM_STEP_/,
    ],
    ['SLURM: no number', { ...srun, SLURM_STEP_NUM_TASKS: '2(x2)' }, /^SLURM_STEP_NUM_TASKS: /],
    [
      'SLURM: no hosts',
      { ...srun, SLURM_STEP_NODELIST: 'n[1-' },
      /^SLURM_STEP_NODELIST: .*'n\[1-'/,
    ],
    ['SLURM: no hosts', { ...srun, SLURM_STEP_NODELIST: '(null)' }, /^SLURM_STEP_NODELIST: /],
    ['SLURM: no hosts', { ...srun, SLURM_STEP_NODELIST: 'n[]' }, /^SLURM_STEP_NODELIST: /],
    ['SLURM: a place on the node', { ...srun, SLURM_LOCALID: '1' }, /^SLURM_LOCALID is 1, of 1/],
    ['SLURM: a job without number', { ...srun, SLURM_JOB_ID: 'x' }, /^SLURM_JOB_ID: /],
    [
      'SLURM: the first host may not be the master',
      { ...srun, SLURM_DISTRIBUTION: 'arbitrary' },
      /^SLURM_DISTRIBUTION is 'arbitrary'.*MASTER_ADDR/,
    ],
    [
      'SLURM: heterogeneous',
      { ...srun, SLURM_HET_SIZE: '2' },
      /^SLURM_HET_SIZE: .*RANK, WORLD_SIZE/,
    ],
    [
      'SLURM: hosts of the job, of which the step has a part',
      { ...without(srun, 'SLURM_STEP_NODELIST'), SLURM_JOB_NUM_NODES: '4' },
      /^SLURM_STEP_NODELIST is not set/,
    ],
    [
      'SLURM: tasks of other nodes',
      { ...without(srun, 'SLURM_GTIDS'), SLURM_NODEID: '2' },
      /^SLURM_STEP_TASKS_PER_NODE: .*node 2/,
    ],
    ['SLURM: another size', { ...srun, WORLD_SIZE: '4' }, /^WORLD_SIZE is '4', and slurm says 3/],
    ['SLURM: another rank', { ...srun, RANK: '0' }, /^RANK is '0', and slurm says 2/],
    [
      'SLURM: RANK=0 exported to all tasks',
      { ...srun, ...byHand, RANK: '0', WORLD_SIZE: '3' },
      /^environment says rank 0 of 3, SLURM says rank 2 of 3: they contradict each other/,
    ],
    [
      'SLURM: WORLD_SIZE=1 exported to all tasks',
      { ...srun, ...byHand, RANK: '0', WORLD_SIZE: '1' },
      /rank 0 of 1, SLURM says rank 2 of 3/,
    ],
    [
      'SLURM: torchrun in each task, without --nnodes',
      { ...srun, SLURM_PROCID: '1', ...torchrun, GROUP_WORLD_SIZE: '1' },
      /^GROUP_WORLD_SIZE is 1, and SLURM started 3 .* --nnodes 3\. To .* env -u SLURM_PROCID$/,
    ],
    [
      'SLURM: torchrun alone in each task',
      {
        ...srun,
        ...torchrun,
        RANK: '0',
        WORLD_SIZE: '1',
        LOCAL_RANK: '0',
        LOCAL_WORLD_SIZE: '1',
      },
      /^GROUP_WORLD_SIZE is 2, and SLURM started 3/,
    ],
    [
      'SLURM and MPI that disagree',
      { ...srun, PMI_RANK: '0', PMI_SIZE: '3' },
      /^slurm says rank 2 of 3, MPICH, Intel MPI says rank 0 of 3/,
    ],
    [
      'one process of mpirun on one of two nodes of a job',
      { ...mpichInSlurm, ...master, PMI_SIZE: '1', PMI_RANK: '0', MPI_LOCALNRANKS: '1' },
      /contradict each other/,
    ],
    [
      'Open MPI: several hosts, no master',
      { ...openmpi, OMPI_COMM_WORLD_SIZE: '4' },
      /^MASTER_ADDR is not set, and Open MPI .* set MASTER_ADDR .* and MASTER_PORT/,
    ],
    [
      'Open MPI: several hosts, no port',
      { ...openmpi, OMPI_COMM_WORLD_SIZE: '4', MASTER_ADDR: 'host1' },
      /^MASTER_PORT is not set, and nothing of Open MPI/,
    ],
    [
      'Open MPI: no job',
      without(openmpi, 'PMIX_NAMESPACE', 'OMPI_MCA_ess_base_jobid'),
      /^MASTER_PORT is not set/,
    ],
    [
      'Open MPI: a rank too many',
      { ...openmpi, OMPI_COMM_WORLD_RANK: '2' },
      /^OMPI_COMM_WORLD_RANK is 2 and OMPI_COMM_WORLD_SIZE 2/,
    ],
    [
      'Open MPI: a place on the host',
      { ...openmpi, ...master, OMPI_COMM_WORLD_RANK: '0' },
      /^OMPI_COMM_WORLD_LOCAL_RANK is 1 of 2 and OMPI_COMM_WORLD_RANK 0 of 2/,
    ],
    ['Open MPI: another size', { ...openmpi, WORLD_SIZE: '4' }, /^WORLD_SIZE is '4', and openmpi/],
    ['MPICH on one host: no port', mpich, /^MASTER_PORT is not set, and nothing of MPICH/],
    ['MPICH: no size', without(mpich, 'PMI_SIZE'), /^PMI_SIZE is not set/],
    ['MPICH: a rank and a size', { PMI_RANK: '0', PMI_SIZE: '2' }, /^MPI_LOCALNRANKS is not set/],
    ["PMI as SLURM's, where there is no SLURM", slurmPmi2, /^MPI_LOCALNRANKS is not set/],
    [
      'PMIx alone: prterun',
      { PMIX_RANK: '1', PMIX_NAMESPACE: 'prterun-n1-17@1' },
      /^PMIX_RANK is set.*RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT/,
    ],
    ['PMIx alone: no job', { PMIX_RANK: '0' }, /^PMIX_RANK is set/],
    ['PMIx alone: no rank', { PMIX_NAMESPACE: 'prterun-n1-17@1' }, /^PMIX_NAMESPACE is set/],
    ["PMIx as SLURM's, where there is no SLURM", slurmPmix, /^PMIX_RANK is set/],
    [
      'prterun in a shell of srun --pty',
      { ...sbatch, ...slurmPmi2, PMIX_RANK: '1', PMIX_NAMESPACE: 'prterun-n1-17@1' },
      /^PMIX_RANK is set/,
    ],
    [
      'Open MPI: all that is its own gone',
      { PMIX_ID: '791085057.1', PMIX_NAMESPACE: '791085057', PMIX_RANK: '1' },
      /^PMIX_RANK is set/,
    ],
    [
      'PyTorchJob: several in each pod',
      { ...pytorchjob, WORLD_SIZE: '6', PET_NPROC_PER_NODE: '2' },
      /^WORLD_SIZE is 6, PET_NNODES 3 and PET_NPROC_PER_NODE 2: .*torchrun or `npx lenet-torch launch`/,
    ],
    [
      'PyTorchJob: fewer processes than pods',
      { ...pytorchjob, WORLD_SIZE: '2' },
      /^PET_NNODES is 3 and WORLD_SIZE 2/,
    ],
    [
      'PyTorchJob: two ranks',
      { ...pytorchjob, RANK: '0' },
      /^PET_NODE_RANK is '1' and RANK '0': they contradict each other/,
    ],
    [
      'PyTorchJob: two masters',
      { ...pytorchjob, MASTER_ADDR: 'localhost' },
      /^PET_MASTER_ADDR is 'job-master-0' and MASTER_ADDR 'localhost'/,
    ],
    [
      'Trainer: several in each pod',
      { ...trainer, PET_NPROC_PER_NODE: '4' },
      /^PET_NPROC_PER_NODE is '4': .*torchrun or `npx lenet-torch launch`/,
    ],
    ['Trainer: auto', { ...trainer, PET_NPROC_PER_NODE: 'auto' }, /^PET_NPROC_PER_NODE is 'auto'/],
    ['Trainer: elastic', { ...trainer, PET_NNODES: '1:3' }, /^PET_NNODES: .*'1:3'/],
    [
      'Trainer: rendezvous',
      { PET_RDZV_ENDPOINT: 'job-worker-0:23456', PET_NNODES: '1:3' },
      /^PET_RDZV_ENDPOINT asks for torchrun's rendezvous/,
    ],
    [
      'Trainer: a rank too many',
      { ...trainer, PET_NODE_RANK: '2' },
      /^PET_NODE_RANK is 2 and PET_/,
    ],
    ['Trainer: port', { ...trainer, PET_MASTER_PORT: '70000' }, /^PET_MASTER_PORT: /],
    [
      'Trainer: another master',
      { ...trainer, MASTER_ADDR: 'host1' },
      /^MASTER_ADDR is 'host1' and PET_MASTER_ADDR 'job-node-0-0\.job'/,
    ],
    ['Trainer: half of a script', { ...trainer, WORLD_SIZE: '2' }, /^RANK is not set/],
  ])('%s', (_, env, text) => {
    const refused = expect(() => launchedBy(env, noTerminal));
    refused.toThrow(expect.objectContaining({ code: 'ERR_DISTRIBUTED_ENVIRONMENT' }));
    refused.toThrow(text);
  });
});
