import { type ChildProcess, spawn } from 'node:child_process';

import { prefixLines } from './prefix.js';
import { exitCodeOf, patience, signalGroup } from './signals.js';

/** One process to be started, with Node. */
export interface Task {
  readonly rank: number;
  readonly words: readonly string[];
  /** What goes before Node. */
  readonly binding: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The first process that failed. */
export interface Failure {
  readonly rank: number;
  /** What happened to it: `ended with exit code 3`. */
  readonly what: string;
  readonly exitCode: number;
}

// What a process leaves behind may keep its pipes open.
const draining = 1000;

/** Processes that are one group: where one fails, the others are ended. */
export class Processes {
  readonly #running = new Map<number, ChildProcess>();
  readonly #tell: (leaders: readonly number[]) => void;
  #failure: Failure | undefined;
  #isInterrupted = false;
  #isStopping = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell - Is told, at each change, whose process groups are alive. */
  constructor(tell: (leaders: readonly number[]) => void) {
    this.#tell = tell;
  }

  /** Starts them; resolves when all have ended, with the first that failed. */
  async run(tasks: readonly Task[]): Promise<Failure | undefined> {
    await Promise.all(tasks.map((task) => this.#start(task)));
    clearTimeout(this.#timer);
    return this.#failure;
  }

  /** Passes a signal on. Each process ends in its own way then; when the first has, the others have 5 s. */
  interrupt(signal: NodeJS.Signals): void {
    this.#isInterrupted = true;
    this.#signal(signal);
  }

  #start({ rank, words, binding, env }: Task): Promise<void> {
    const isFirst = rank === 0;
    const output = isFirst ? 'inherit' : 'pipe';
    const command = [...binding, process.execPath, ...words];
    const child = spawn(command[0] as string, command.slice(1), {
      env,
      stdio: ['ignore', output, output],
      // A process group of its own: the terminal's Ctrl-C comes once, from here, and what it starts ends with it.
      detached: true,
    });
    if (child.pid === undefined) return this.#notStarted(child, rank);
    this.#running.set(rank, child);
    this.#tellAlive();
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) {
        prefixLines(stream, `[rank ${rank}] `, (bytes) => process.stderr.write(bytes));
      }
    }
    return new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ended(child, rank, code, signal);
        const timer = setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, draining);
        child.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    });
  }

  async #notStarted(child: ChildProcess, rank: number): Promise<void> {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve));
    this.#failure ??= { rank, what: `could not be started: ${error.message}`, exitCode: 1 };
    this.#stop();
  }

  #ended(child: ChildProcess, rank: number, code: number | null, signal: NodeJS.Signals | null) {
    signalGroup(child.pid as number, 'SIGKILL');
    this.#running.delete(rank);
    this.#tellAlive();
    const isDone = code === 0;
    if (!isDone) {
      this.#failure ??= {
        rank,
        what: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`,
        exitCode: code ?? exitCodeOf(signal as NodeJS.Signals),
      };
    }
    if (this.#isInterrupted) this.#killLater();
    else if (!isDone) this.#stop();
  }

  #stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#signal('SIGTERM');
    this.#killLater();
  }

  #killLater(): void {
    this.#timer ??= setTimeout(() => this.#signal('SIGKILL'), patience);
  }

  #signal(signal: NodeJS.Signals): void {
    for (const { pid } of this.#running.values()) signalGroup(pid as number, signal);
  }

  #tellAlive(): void {
    this.#tell([...this.#running.values()].map(({ pid }) => pid as number));
  }
}
