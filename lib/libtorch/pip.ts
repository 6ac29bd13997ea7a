import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { folderBytes } from '../files/folders.js';
import { explainPip, lastError, noPip } from './pipErrors.js';
import type { Release, Wheel } from './version.js';

const attempts = 3;
const pipCommands = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
// A wheel's platform is one of these tags; pip compares them literally. NVIDIA's wheels use many of them.
const tags = [
  ...Array.from({ length: 24 }, (_, index) => `manylinux_2_${28 - index}`),
  ...['manylinux2014', 'manylinux2010', 'manylinux1'],
];
const platforms = tags.map((tag) => `${tag}_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`);
// The first that takes more than one --platform.
const oldestPip = [20, 3] as const;

/** Progress in bytes of the whole download, retries as a sentence, and a way to stop. */
export interface DownloadOptions {
  onProgress?: ((done: number, total: number) => void) | undefined;
  onRetry?: ((sentence: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Downloads a release's pinned wheels into `folder` with this machine's own pip, as its user
 * configured it: index, mirrors, proxies and certificates are pip's business. A download that breaks
 * is tried three times.
 *
 * @throws {TorchError} `ERR_NO_PIP`, `ERR_NO_SPACE`, or `ERR_DOWNLOAD`, each naming what to do.
 */
export async function pipDownload(
  release: Release,
  folder: string,
  options: DownloadOptions = {},
): Promise<void> {
  const env = { ...(options.env ?? process.env) };
  // pip unpacks and checks in its temporary folder first: keep that on the cache's file system.
  Object.assign(env, { TMPDIR: folder, PIP_REQUIRE_VIRTUALENV: '0', PYTHONUNBUFFERED: '1' });
  const pip = await findPip(folder, env, options.signal);
  const total = release.wheels.reduce((sum, wheel) => sum + wheel.size, 0);
  let done = 0;
  // One after another: what broke off is repeated alone.
  for (const wheel of release.wheels) {
    const before = done;
    const watch = setInterval(async () => {
      // pip's own progress bar is for terminals only, in every version; its files are for all to see. It
      // copies what it has finished: for a moment the file is there twice.
      const more = Math.max(0, (await folderBytes(folder)) - before);
      if (done === before) options.onProgress?.(before + Math.min(more, wheel.size), total);
    }, 250);
    try {
      await downloadWheel(pip, release, wheel, folder, { ...options, env });
    } finally {
      clearInterval(watch);
    }
    done += wheel.size;
    options.onProgress?.(done, total);
  }
}

async function downloadWheel(
  pip: readonly string[],
  release: Release,
  { project, version, sha256 }: Wheel,
  folder: string,
  { env = process.env, onRetry, signal }: DownloadOptions,
): Promise<void> {
  const pinned = `${project}==${version} --hash=sha256:${sha256}\n`;
  await writeFile(join(folder, 'requirements.txt'), pinned);
  const flags = [
    ...['download', '--requirement', 'requirements.txt', '--dest', '.', '--require-hashes'],
    ...['--no-deps', '--only-binary=:all:', '--implementation', 'cp'],
    ...['--python-version', release.python, '--abi', `cp${release.python.replace('.', '')}`],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    // Its cache would double the disk needed, and older versions hold the whole wheel in memory.
    ...['--no-cache-dir', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'],
  ];
  for (let attempt = 1; ; attempt++) {
    const { status, output } = await run([...pip, ...flags], folder, env, signal);
    if (status === 0) return;
    const { error, lasting } = explainPip(output, release, env);
    if (lasting || attempt === attempts) throw error;
    onRetry?.(`the download broke (${lastError(output)}); attempt ${attempt + 1} of ${attempts}`);
  }
}

async function findPip(
  folder: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  let tooOld: string | undefined;
  for (const pip of pipCommands) {
    const { status, output } = await run([...pip, '--version'], folder, env, signal);
    if (status === null || status === 127 || /No module named pip\b/.test(output)) continue;
    const [, version, major, minor] = /^pip ((\d+)\.(\d+)\S*)/m.exec(output) ?? [];
    if (!version || Number(major) * 100 + Number(minor) >= oldestPip[0] * 100 + oldestPip[1]) {
      return pip;
    }
    tooOld ??= `${pip.join(' ')} is pip ${version}`;
  }
  throw noPip(tooOld, oldestPip.join('.'));
}

interface Finished {
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs a command in `cwd` to its end; one that cannot be started counts as failed. In a folder of
 * our own, Python finds no modules of the user's by accident; and when this process was killed and
 * the next one has removed the folder, a pip that only starts up ends at once.
 */
function run(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a process group of its own: the `python3` of version managers is a shell that starts Python,
    // and only the group's signal reaches both.
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const abort = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
    signal?.addEventListener('abort', abort, { once: true });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      signal?.removeEventListener('abort', abort);
      resolve({ status: null, output: error.message });
    });
    child.once('close', (status) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ status, output });
    });
  });
}
