// examples/distributed: what can be seen of them without the systems that they are for. Each system's variables are
// those that it sets for the processes of that very file.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Launched, launchedBy } from '../../lib/distributed/environment/index.js';
import { cli, XDG_CACHE_HOME } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';
import { sbatch, srun } from './environments.js';
import { freePort } from './ranks.js';

const examples = fileURLToPath(new URL('../../examples/distributed/', import.meta.url));
const read = (name: string): string => readFileSync(join(examples, name), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: what the files hold, the assertions say.
function documentsOf(name: string): any[] {
  return parseAllDocuments(read(name), { merge: true }).map((each) => {
    expect([...each.errors, ...each.warnings]).toEqual([]);
    return each.toJS();
  });
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

const variablesOf = (list: readonly Variable[]): NodeJS.ProcessEnv =>
  Object.fromEntries(list.map(({ name, value }) => [name, value]));

/** The processes of a manifest: their command, and all that is in their environment. */
interface Manifest {
  readonly command: readonly string[];
  readonly envs: readonly NodeJS.ProcessEnv[];
}

const manifests: Readonly<Record<string, () => Manifest>> = {
  'compose.yaml': () => {
    const [{ services }] = documentsOf('compose.yaml');
    const all = Object.values(services) as { command: string[]; environment: object }[];
    // Compose replaces $$ and ${COMMAND:-}.
    const texts = ({ environment }: { environment: object }): NodeJS.ProcessEnv =>
      Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          String(value).replace(/^\$\{.*\}$/, ''),
        ]),
      );
    expect(Object.keys(services)).toContain(all.map(texts)[0]!.MASTER_ADDR);
    expect(new Set(all.map(({ command }) => command.join())).size).toBe(1);
    const command = all[0]!.command.map((word) => word.replaceAll('$$', '$'));
    return { command, envs: all.map(texts) };
  },
  'pytorchjob.yaml': () => {
    const [{ metadata, spec }] = documentsOf('pytorchjob.yaml');
    const { Master, Worker } = spec.pytorchReplicaSpecs;
    const size = Master.replicas + Worker.replicas;
    const container = Master.template.spec.containers[0];
    expect(Master.replicas).toBe(1);
    expect(Worker.template).toEqual(Master.template);
    expect(container.name).toBe('pytorch');
    // pkg/controller.v1/pytorch/envvar.go
    const envs = Array.from({ length: size }, (_, rank) => ({
      ...variablesOf(container.env),
      PYTHONUNBUFFERED: '1',
      MASTER_ADDR: `${metadata.name}-master-0`,
      MASTER_PORT: '23456',
      WORLD_SIZE: `${size}`,
      RANK: `${rank}`,
      PET_MASTER_ADDR: `${metadata.name}-master-0`,
      PET_MASTER_PORT: '23456',
      PET_NNODES: `${size}`,
      PET_NODE_RANK: `${rank}`,
      PET_NPROC_PER_NODE: spec.nprocPerNode,
    }));
    return { command: container.command, envs };
  },
  'trainjob.yaml': () => {
    const [runtime, job] = documentsOf('trainjob.yaml');
    const { kind, name } = job.spec.runtimeRef;
    expect({ kind, name }).toEqual({ kind: runtime.kind, name: runtime.metadata.name });
    expect(runtime.spec.mlPolicy.numNodes).toBe(job.spec.trainer.numNodes);
    const [replicated] = runtime.spec.template.spec.replicatedJobs;
    const [container] = replicated.template.spec.template.spec.containers;
    // By these Trainer finds where its variables belong.
    expect([replicated.name, container.name]).toEqual(['node', 'node']);
    expect(replicated.template.metadata.labels).toEqual({
      'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer',
    });
    const { command, numNodes, numProcPerNode } = job.spec.trainer;
    // pkg/runtime/framework/plugins/torch/torch.go
    const envs = Array.from({ length: numNodes }, (_, rank) => ({
      ...variablesOf(container.env),
      PET_NNODES: `${numNodes}`,
      PET_NPROC_PER_NODE: `${numProcPerNode}`,
      PET_NODE_RANK: `${rank}`,
      PET_MASTER_ADDR: `${job.metadata.name}-node-0-0.${job.metadata.name}`,
      PET_MASTER_PORT: '29500',
    }));
    return { command, envs };
  },
};

const expected: Readonly<Record<string, Partial<Launched>>> = {
  'compose.yaml': { launcher: 'environment', worldSize: 2, masterAddr: 'rank0' },
  'pytorchjob.yaml': { launcher: 'pytorchjob', worldSize: 3, masterAddr: 'lenet-master-0' },
  'trainjob.yaml': { launcher: 'trainer', worldSize: 2, masterAddr: 'lenet-node-0-0.lenet' },
};

const folder = temporaryFolder('lenet manifests ', afterAll);

/** A PATH as the image has it, with this checkout's command. */
function pathWithCommand(): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`;
  writeFileSync(join(bin, 'lenet-torch'), script, { mode: 0o755 });
  return `${bin}:${process.env.PATH}`;
}

/** Runs the manifest's command once for each process, all on this host; `act` is given them. */
async function runAll(
  { command, envs }: Manifest,
  runs: string,
  act: (children: readonly ChildProcess[]) => void = () => {},
): Promise<{ status: number | null; stdout: string; stderr: string }[]> {
  const port = `${await freePort()}`;
  const PATH = pathWithCommand();
  const words = command.map((word) =>
    word.replaceAll('/runs/', `${runs}/`).replace('--epochs 5', '--epochs 3 --limit-train 5000'),
  );
  const here = { XDG_CACHE_HOME, PATH, OMP_NUM_THREADS: '1' };
  const children = envs.map((env) => {
    const master = Object.keys(env).filter((name) => /MASTER_(ADDR|PORT)$/.test(name));
    const local = master.map((name) => [name, name.endsWith('PORT') ? port : '127.0.0.1']);
    const child = spawn(words[0]!, words.slice(1), {
      env: { ...process.env, ...env, ...here, ...Object.fromEntries(local) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  });
  const ends = children.map(
    (child) =>
      new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
        const said = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'] as const) {
          child[name]!.setEncoding('utf8').on('data', (text: string) => {
            said[name] += text;
          });
        }
        child.once('close', (status) => resolve({ status, ...said }));
      }),
  );
  act(children);
  return Promise.all(ends);
}

describe.each(Object.keys(manifests))('%s', (name) => {
  const manifest = manifests[name]!();

  test('each of its processes knows who it is', () => {
    for (const [rank, env] of manifest.envs.entries()) {
      expect(launchedBy(env, () => false)).toMatchObject({
        ...expected[name],
        rank,
        localRank: 0,
        localWorldSize: 1,
        notes: [],
      });
    }
  });

  test('its command trains, and goes on when a process was killed', async () => {
    const runs = temporaryFolder('lenet-runs-');
    const killed = await runAll(manifest, runs, (children) => {
      children[0]!.stdout!.on('data', (text: string) => {
        if (text.includes('epoch 2')) children.at(-1)!.kill('SIGKILL');
      });
    });
    expect(killed.at(-1)!.status).toBeNull();
    expect(killed[0]!.stderr).toMatch(/ERR_DISTRIBUTED_PEER|ERR_DISTRIBUTED_TIMEOUT/);
    const [first, ...others] = await runAll(manifest, runs);
    expect(first).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/epoch 3, /),
      stderr: expect.stringMatching(/ [12] of 3 epochs done/),
    });
    expect(first!.stdout).not.toContain('epoch 1,');
    for (const each of others) expect(each).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('lenet.sbatch', () => {
  const text = read('lenet.sbatch');
  const asked = Object.fromEntries(
    [...text.matchAll(/^#SBATCH --([\w-]+)(?:=(\S+))?$/gm)].map(([, name, value]) => [name, value]),
  );

  test('is a script, whose options come before its first command', () => {
    expect(spawnSync('bash', ['-n', join(examples, 'lenet.sbatch')]).status).toBe(0);
    const lines = text.split('\n');
    const first = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
    expect(lines.slice(first).filter((line) => line.startsWith('#SBATCH'))).toEqual([]);
    expect(asked).toMatchObject({ nodes: '2', 'ntasks-per-node': '2' });
  });

  test('its tasks know who they are, and the script itself is none', () => {
    expect(launchedBy(sbatch, () => false)).toBeUndefined();
    const tasks = Number(asked.nodes) * Number(asked['ntasks-per-node']);
    const env = {
      ...srun,
      SLURM_NTASKS: `${tasks}`,
      SLURM_STEP_NUM_TASKS: `${tasks}`,
      SLURM_STEP_TASKS_PER_NODE: '2(x2)',
      SLURM_PROCID: '3',
      SLURM_LOCALID: '1',
      SLURM_GTIDS: '2,3',
    };
    expect(launchedBy(env, () => false)).toMatchObject({
      launcher: 'slurm',
      rank: 3,
      worldSize: 4,
      localRank: 1,
      localWorldSize: 2,
      masterAddr: 'n1',
    });
  });
});
