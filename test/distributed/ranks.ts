import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** How a process of a group ended. */
export interface RankEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a file of this folder, or beside another file, as `size` processes of one group; or one for each rank. */
export async function runRanks(
  size: number,
  file: string | readonly string[],
  more: NodeJS.ProcessEnv = {},
  folder: string | URL = import.meta.url,
): Promise<RankEnd[]> {
  const port = await freePort();
  const start = (rank: number): Promise<RankEnd> => {
    const name = typeof file === 'string' ? file : (file[rank] as string);
    const path = fileURLToPath(new URL(name, folder));
    const program = name.endsWith('.py')
      ? (process.env.LENET_TORCH_PYTHON ?? 'python3')
      : process.execPath;
    const env = {
      ...process.env,
      OMP_NUM_THREADS: '1',
      RANK: `${rank}`,
      WORLD_SIZE: `${size}`,
      MASTER_ADDR: '127.0.0.1',
      MASTER_PORT: `${port}`,
      ...more,
    };
    const child = spawn(program, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    return new Promise((resolve) => {
      child.once('close', (status, signal) => resolve({ status, signal, ...output }));
    });
  };
  return Promise.all(Array.from({ length: size }, (_, rank) => start(rank)));
}
