// The command as users run it, from dist/.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Started {
  readonly child: ChildProcess;
  /** Of the page, with its token. */
  readonly address: Promise<string>;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<unknown>;
}

/** Starts `lenet-torch …`; `address` settles when it says where its page is. */
export function start(...args: string[]): Started {
  // Threads wait for each other spinning: beside a browser that takes most of the time of a small training.
  const threads = args[0] === 'train' ? ['--threads', '1'] : [];
  const child = spawn(process.execPath, [command, ...args, ...threads], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const address = new Promise<string>((resolve, reject) => {
    child.stderr!.on('data', (chunk) => {
      said += chunk;
      const [found] = /http:\/\/\S+/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  address.catch(() => {});
  const stop = (): Promise<unknown> => {
    child.kill('SIGINT');
    return ended;
  };
  return { child, address, ended, stop };
}

/** Runs `lenet-torch train …` to its end. */
export async function train(...args: string[]): Promise<void> {
  const { ended } = start('train', '--quiet', ...args);
  const code = await ended;
  if (code !== 0) throw new Error(`train ${args.join(' ')}: exit code ${code}`);
}
