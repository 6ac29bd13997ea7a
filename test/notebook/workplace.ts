import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

import { makeWorkplace } from '../../scripts/notebook/workplace.js';

type Workplace = ReturnType<typeof makeWorkplace>;

/** What a cell shows, message by message, by Jupyter's protocol. */
export type Shown = [type: string, content: Record<string, unknown>][];

export const kernels = ['deno', 'tslab'] as const;

const found = ((): Workplace | string => {
  try {
    const workplace = makeWorkplace();
    afterAll(workplace.remove);
    return workplace;
  } catch (error) {
    return `notebooks are not tried here: ${(error as Error).message}`;
  }
})();

/** Why notebooks cannot be run here, in a sentence; `undefined` where they can. */
export const missing = typeof found === 'string' ? found : undefined;
if (missing !== undefined) console.error(missing);

/** What a Python script writes, in a folder where cells find this package. */
export async function python(
  script: URL,
  args: readonly string[],
  input = '',
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const { env } = found as Workplace;
  const child = spawn('python3', [fileURLToPath(script), ...args], {
    env: { ...env, OMP_WAIT_POLICY: 'PASSIVE' },
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) =>
    Buffer.concat(await stream.toArray()).toString(),
  );
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout: await stdout!, stderr: await stderr! };
}

export const project = (): string => (found as Workplace).project;

/** A cell, and by which of its messages it is interrupted. */
export type Cell = string | { code: string; interruptAt: string };

/** Runs cells one after the other in one kernel. */
export async function run(kernel: string, cells: readonly Cell[]): Promise<Shown[]> {
  const asked = {
    kernel,
    folder: project(),
    cells: cells.map((cell) => (typeof cell === 'string' ? { code: cell } : cell)),
  };
  const script = new URL('session.py', import.meta.url);
  const { status, stdout, stderr } = await python(script, [], JSON.stringify(asked));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Shown[];
}
