import { Command, CommanderError } from 'commander';

import { version } from '../location.js';
import { endWithReader } from './output.js';
import { requireUtf8 } from './systemPath.js';

const exit = { done: 0, failed: 1, usage: 2, interrupted: 130 };

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ command(): Command }>;
}

// Each is imported only when it runs: setup must work where libtorch is missing.
const commands: Readonly<Record<string, Entry>> = {
  train: {
    summary: 'train LeNet on Fashion-MNIST',
    load: () => import('./train/command.js'),
  },
  evaluate: {
    summary: 'test weights: accuracy, figures per class, confusion matrix',
    load: () => import('./predict/evaluate.js'),
  },
  predict: {
    summary: 'say what is in images',
    load: () => import('./predict/command.js'),
  },
  serve: {
    summary: 'answer requests over HTTP',
    load: () => import('./serve/command.js'),
  },
  export: {
    summary: 'write weights for ONNX Runtime or Python',
    load: () => import('./model/export.js'),
  },
  summary: {
    summary: 'count parameters, connections and multiply-adds layer by layer',
    load: () => import('./model/summary.js'),
  },
  draw: {
    summary: 'draw networks, what they see, curves and mistakes, as SVG or PNG',
    load: () => import('./draw/command.js'),
  },
  live: {
    summary: 'show runs on a page: curves, feature maps, mistakes, epoch by epoch',
    load: () => import('./live.js'),
  },
  launch: {
    summary: 'start a command, or a script, as several processes of one group',
    load: () => import('./launch/command.js'),
  },
  setup: {
    summary: 'bring what is missing: libtorch and Fashion-MNIST',
    load: () => import('./setup/command.js'),
  },
  doctor: {
    summary: 'say whether everything is there and works, and what to do where not',
    load: () => import('./doctor.js'),
  },
};

/**
 * Runs a command and returns its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Errors become
 * one line on stderr.
 */
export async function main(argv: readonly string[]): Promise<number> {
  endWithReader();
  const name = argv.find((argument) => Object.hasOwn(commands, argument));
  const program = await definition((key) => key === name);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? exit.done);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/**
 * The program with its commands: those that are `needed` with all their options, which docs/commands.md is made of; of the
 * others a name and a line.
 */
export async function definition(needed: (name: string) => boolean = () => true): Promise<Command> {
  const program = new Command('lenet-torch')
    .description('PyTorch for Node.js, told through one chapter: LeNet on Fashion-MNIST.')
    .version(version)
    // After a command, `--version` is that command's.
    .enablePositionalOptions()
    .hook('preAction', (_, action) => requireUtf8(action));
  strict(program);
  for (const [key, { summary, load }] of Object.entries(commands)) {
    const command = needed(key) ? (await load()).command() : new Command(key).description(summary);
    program.addCommand(strict(command));
  }
  return program;
}

// exitOverride is not inherited by commands that are added ready-made.
function strict(command: Command): Command {
  for (const below of command.commands) strict(below);
  return command.exitOverride().showHelpAfterError('(see lenet-torch --help)');
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end in "errors" too; commander has printed what is to be said.
    return error.exitCode === 0 ? exit.done : exit.usage;
  }
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'ERR_ABORTED') {
    process.stderr.write(`lenet-torch: ${message}\n`);
    return exit.interrupted;
  }
  // The system's own messages begin with their code.
  const tag = typeof code === 'string' && !message?.startsWith(code) ? `${code}: ` : '';
  process.stderr.write(`lenet-torch: ${tag}${message ?? String(error)}\n`);
  return exit.failed;
}
