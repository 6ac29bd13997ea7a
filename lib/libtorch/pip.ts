import { spawn } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TorchError } from '../error.js';
import { megabytes } from './cache.js';
import type { Release } from './version.js';

const attempts = 3;
const pipCommands = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
// A wheel's platform is one of these tags; pip compares them literally.
const platforms = [
  ...[28, 27, 26, 25, 24, 17].map((minor) => `manylinux_2_${minor}_x86_64`),
  'manylinux2014_x86_64',
];

/** Progress in bytes of the whole download, retries as a sentence, and a way to stop. */
export interface DownloadOptions {
  onProgress?: ((done: number, total: number) => void) | undefined;
  onRetry?: ((sentence: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Downloads a release's pinned wheels into `folder` with this machine's own pip, as its user
 * configured it: index, mirrors, proxies and certificates are pip's business.
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
  await writeFile(
    join(folder, 'requirements.txt'),
    release.wheels
      .map(({ project, version, sha256 }) => `${project}==${version} --hash=sha256:${sha256}\n`)
      .join(''),
  );
  const flags = [
    ...['download', '--requirement', 'requirements.txt', '--dest', '.', '--require-hashes'],
    ...['--no-deps', '--only-binary=:all:', '--implementation', 'cp'],
    ...['--python-version', release.python, '--abi', `cp${release.python.replace('.', '')}`],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    // Its cache would double the disk needed, and older versions hold the whole wheel in memory.
    ...['--no-cache-dir', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'],
  ];
  const total = release.wheels.reduce((sum, wheel) => sum + wheel.size, 0);
  const watch = setInterval(async () => {
    options.onProgress?.(Math.min(await folderSize(folder), total), total);
  }, 250);
  const candidates = [...pipCommands];
  try {
    for (let attempt = 1; ; ) {
      const pip = candidates[0] ?? noPip();
      const { status, output } = await run([...pip, ...flags], folder, env, options.signal);
      if (status === 0) break;
      if (status === null || status === 127 || /No module named pip\b/.test(output)) {
        candidates.shift();
        continue;
      }
      const { error, lasting } = explain(output, release);
      if (lasting || attempt === attempts) throw error;
      attempt++;
      options.onRetry?.(
        `the download broke (${lastError(output)}); attempt ${attempt} of ${attempts}`,
      );
    }
  } finally {
    clearInterval(watch);
  }
  options.onProgress?.(total, total);
}

function noPip(): never {
  throw new TorchError(
    'ERR_NO_PIP',
    'libtorch is downloaded with pip, and neither python3 -m pip nor pip is there. Install it ' +
      '(Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip), or set ' +
      'LENET_TORCH_LIBTORCH to a libtorch folder',
  );
}

function explain(output: string, release: Release): { error: TorchError; lasting: boolean } {
  const failure = (code: 'ERR_DOWNLOAD' | 'ERR_NO_SPACE', message: string, lasting: boolean) => ({
    error: new TorchError(code, message, { cause: output.slice(-4000) }),
    lasting,
  });
  const torch = `torch ${release.version}`;
  if (/No space left on device|Errno 28|Disk quota exceeded/.test(output)) {
    return failure(
      'ERR_NO_SPACE',
      'the disk became full while downloading. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
      true,
    );
  }
  if (/No matching distribution|from versions:/.test(output)) {
    const reached = !/from versions: none/.test(output);
    return failure(
      'ERR_DOWNLOAD',
      reached
        ? `the package index that pip is set to does not offer the pinned wheels (${lastError(output)}). Check \`pip config list\`, then run: npx lenet-torch setup`
        : `pip reaches no package index that has ${torch}. Check the network, the proxy and \`pip config list\`, then run: npx lenet-torch setup`,
      true,
    );
  }
  if (/DO NOT MATCH THE HASHES/i.test(output)) {
    return failure(
      'ERR_DOWNLOAD',
      `what pip downloaded for ${torch} is not the pinned file (SHA-256 differs): broken off, or changed by a mirror or proxy. Run again: npx lenet-torch setup`,
      false,
    );
  }
  return failure(
    'ERR_DOWNLOAD',
    `pip could not download ${torch} (${megabytes(release.wheels.reduce((sum, { size }) => sum + size, 0))}): ` +
      `${lastError(output)}. Check the network, then run: npx lenet-torch setup`,
    false,
  );
}

function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.findLast((text) => /error/i.test(text)) ?? lines.findLast(Boolean) ?? '';
  return line.replace(/^ERROR:\s*/, '').slice(0, 200) || 'no message';
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
  [command = '', ...args]: string[],
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
    child.once('error', (error) => resolve({ status: null, output: error.message }));
    child.once('close', (status) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ status, output });
    });
  });
}

// pip's own progress bar is for terminals only, in every version; its files are for all to see.
async function folderSize(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) size += file.size;
  }
  return size;
}
