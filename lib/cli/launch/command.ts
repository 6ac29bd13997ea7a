import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';

import { TorchError } from '../../error.js';
import { codeFolder } from '../../location.js';
import { integer } from '../options.js';
import { coreBindings } from './binding.js';
import { startGuard } from './guard.js';
import { Processes } from './processes.js';
import { freePort, type Nodes, rankEnvironment } from './rankEnvironment.js';
import { exitCodeOf } from './signals.js';

interface Options {
  readonly nproc: number;
  readonly nnodes: number;
  readonly nodeRank?: number;
  readonly masterAddr?: string;
  readonly masterPort?: number;
  readonly maxRestarts: number;
  readonly bindTo: 'core' | 'none';
}

/** `lenet-torch launch`: starts several processes that are one group, as torchrun does, without Python. */
export function command(): Command {
  const made = new Command('launch').description(
    'start a command, or a script, as several processes of one group',
  );
  // torchrun's own names for its defaults, which Kubeflow's operators set.
  const options: readonly Option[] = [
    new Option('--nproc <n>', 'processes on this host')
      .env('PET_NPROC_PER_NODE')
      .argParser(integer(1, 1024))
      .makeOptionMandatory(),
    new Option('--nnodes <n>', 'hosts').env('PET_NNODES').argParser(integer(1, 65_536)).default(1),
    new Option('--node-rank <n>', "this host's number, from 0")
      .env('PET_NODE_RANK')
      .argParser(integer(0)),
    new Option('--master-addr <host>', 'where the host with number 0 is reached').env(
      'PET_MASTER_ADDR',
    ),
    new Option('--master-port <port>', 'a free port there')
      .env('PET_MASTER_PORT')
      .argParser(integer(1, 65_535)),
    new Option('--max-restarts <n>', 'how often all are started again when one fails')
      .env('PET_MAX_RESTARTS')
      .argParser(integer(0))
      .default(0),
    new Option('--bind-to <what>', "core: each process keeps to its share of this host's cores")
      .choices(['core', 'none'])
      .default('none'),
  ];
  for (const option of options) made.addOption(option);
  return made
    .argument('<command...>', 'a command of lenet-torch, or a script (.js, .mjs, .ts)')
    .usage('--nproc <n> [options] -- <command> [arguments]')
    .passThroughOptions()
    .action(async (words: string[], given: Options, self: Command) => {
      refuseLauncher(process.env);
      const nodes = await nodesOf(given, self);
      process.exitCode = await launch(startOf(words, self), nodes, given);
    });
}

const main = join(codeFolder, 'cli/main.js');
const script = /\.[cm]?[jt]s$/;

// What Node is to start: this command line with another command, or a script.
function startOf(words: readonly string[], self: Command): string[] {
  const first = words[0] as string;
  if (script.test(first)) {
    if (existsSync(first)) return [...words];
    throw new TorchError('ERR_FILE_NOT_FOUND', `${first} does not exist`);
  }
  const others = (self.parent?.commands ?? []).map((each) => each.name());
  if (first !== self.name() && others.includes(first)) return [main, ...words];
  return self.error(
    `error: '${first}' cannot be launched: expected a command of lenet-torch, or a script (.js, .mjs, .ts)`,
  );
}

function refuseLauncher(env: NodeJS.ProcessEnv): void {
  const name = ['TORCHELASTIC_RUN_ID', 'LOCAL_RANK'].find((each) => env[each]);
  if (name === undefined) return;
  throw new TorchError(
    'ERR_DISTRIBUTED_ENVIRONMENT',
    `${name} is set: this process was started by torchrun, or by another launch, and would start a group in each of theirs`,
  );
}

async function nodesOf(given: Options, self: Command): Promise<Nodes> {
  const { nproc: processes, nnodes: count, nodeRank: rank, masterAddr, masterPort } = given;
  const own = { count, processes };
  if (count === 1) {
    if ((rank ?? 0) > 0) self.error(`error: --node-rank ${rank}: there is one host, number 0`);
    return {
      ...own,
      rank: 0,
      masterAddr: masterAddr ?? '127.0.0.1',
      masterPort: masterPort ?? (await freePort()),
    };
  }
  if (rank === undefined || masterAddr === undefined || masterPort === undefined) {
    return self.error(
      `error: --nnodes ${count} needs --node-rank, --master-addr and --master-port, the last two the same on all hosts`,
    );
  }
  if (rank >= count) {
    self.error(`error: --node-rank ${rank}: expected one below --nnodes ${count}`);
  }
  if (given.maxRestarts > 0) {
    self.error(
      'error: --max-restarts goes with one host: the others would not hear of it. Use torchrun for several',
    );
  }
  return { ...own, rank, masterAddr, masterPort };
}

async function launch(
  words: readonly string[],
  nodes: Nodes,
  { maxRestarts: most, masterPort, bindTo }: Options,
): Promise<number> {
  const bindings = bindTo === 'core' ? coreBindings(nodes.processes) : undefined;
  let processes: Processes | undefined;
  let interrupted: NodeJS.Signals | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupted ??= signal;
      processes?.interrupt(signal);
    });
  }
  // Whoever reads what this process says may have seen enough.
  process.stderr.on('error', () => {});
  const say = (text: string) => process.stderr.write(`lenet-torch: ${text}\n`);
  const tell = startGuard();
  for (let done = 0; ; done++) {
    // Not the last one's: its ranks may be on the way still.
    const port = done > 0 && masterPort === undefined ? await freePort() : nodes.masterPort;
    if (interrupted !== undefined) return exitCodeOf(interrupted);
    const place = { ...nodes, masterPort: port };
    const tasks = Array.from({ length: nodes.processes }, (_, localRank) => ({
      rank: nodes.rank * nodes.processes + localRank,
      words,
      binding: bindings?.[localRank] ?? [],
      env: rankEnvironment(process.env, place, localRank, { done, most }),
    }));
    processes = new Processes(tell);
    const failure = await processes.run(tasks);
    if (interrupted !== undefined) {
      say(`interrupted by ${interrupted}`);
      return failure?.exitCode ?? 0;
    }
    if (failure === undefined) return 0;
    const what = `rank ${failure.rank} ${failure.what}`;
    if (done === most) {
      say(what);
      return failure.exitCode;
    }
    say(`${what}; all are started again (${done + 1} of ${most})`);
  }
}
