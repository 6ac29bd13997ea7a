// Processes as users start them: small scripts, each told what to do by its rank.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, onTestFinished } from 'vitest';

import { temporaryFolder } from '../../folder.js';
import { run } from '../run.js';

export const folder = temporaryFolder("lenet-torch-launch it's ", afterAll);
let scripts = 0;

/** A script whose ranks do what `body` says; `rank` is known. */
export function script(body: string, extension = 'mjs'): string {
  const path = join(folder, `script${scripts++}.${extension}`);
  writeFileSync(path, `const rank = Number(process.env.RANK);\n${body}\n`);
  return path;
}

export const launch = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(['launch', ...words], { env });

export const forever = 'setInterval(() => {}, 1000);';
export const survivor = `process.on('SIGTERM', () => console.error('no')); ${forever}`;

export async function until<T>(what: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = what();
    if (found) return found;
    await wait(20);
  }
}

// Zombies count as gone: whoever adopts orphans here may not look after them.
export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

export function endLater(...pids: number[]): void {
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
}
