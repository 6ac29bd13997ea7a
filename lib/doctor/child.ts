import { spawn } from 'node:child_process';

/** How what was tried ended: with a result, or in a sentence. */
export type Answer<T> =
  | { readonly ok: T }
  | { readonly failed: { readonly code?: string; readonly message: string } };

/** How a program is started that answers. */
export interface ChildOptions {
  env: NodeJS.ProcessEnv;
  /** In ms; then it is killed. */
  timeoutMs: number;
  /** Whoever waits is asked to end: the program gets `patienceMs` more. */
  signal?: AbortSignal | undefined;
  patienceMs?: number;
}

/**
 * Runs a program of this package in a process of its own, which prints its answer as a line of JSON: a crash in there,
 * or a hang, becomes a sentence here.
 */
export function ask<T>(
  program: string,
  words: readonly string[],
  { env, timeoutMs, signal, patienceMs = 3000 }: ChildOptions,
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...words], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let late: string | undefined;
    const kill = (why: string): void => {
      late ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      kill,
      timeoutMs,
      `it did not end within ${timeoutMs / 1000} s and was stopped`,
    );
    const hurry = (): void => {
      setTimeout(kill, patienceMs, 'whoever started this process has asked it to end').unref();
    };
    if (signal?.aborted) hurry();
    signal?.addEventListener('abort', hurry, { once: true });
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr = (stderr + data).slice(-4_000);
    });
    const fail = (message: string) => resolve({ failed: { message } });
    child.once('error', (error) => fail(`Node.js could not be started: ${error.message}`));
    child.once('close', (code, ended) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', hurry);
      const answer = parse<T>(stdout);
      const said = lastLine(stderr);
      if (late !== undefined) fail(late);
      else if (ended) fail(`${explainSignal(ended)}${said}`);
      else if (!answer) fail(`it ended with exit code ${code} and no result${said}`);
      else resolve(answer);
    });
  });
}

function parse<T>(stdout: string): Answer<T> | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer<T>;
  } catch {
    return undefined;
  }
}

function lastLine(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1);
  return line ? ` (it said: ${line.slice(0, 300)})` : '';
}

const signals: Readonly<Record<string, string>> = {
  SIGILL: 'an instruction that this processor does not have',
  SIGSEGV:
    'a wrong access to memory: libraries that do not fit together, or a fault of this package',
  SIGBUS: 'memory or a file that went away',
  SIGABRT: 'a library gave up',
  SIGKILL: 'the system ended it: usually for lack of memory',
};

function explainSignal(signal: string): string {
  const why = signals[signal];
  return `the process was ended by ${signal}${why ? `: ${why}` : ''}`;
}

/** What such a program does: its answer is the last line of stdout. */
export async function answer<T>(work: () => Promise<T>): Promise<void> {
  let text: string;
  try {
    text = JSON.stringify({ ok: await work() });
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    text = JSON.stringify({ failed: { code, message: message ?? String(error) } });
  }
  await new Promise<void>((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}
