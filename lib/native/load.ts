import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OutOfMemoryError, TorchError } from '../error.js';
import { loadCuda, whyNoDevice } from '../libtorch/cudaProblem.js';
import { loadFailure } from '../libtorch/explain.js';
import { findLibtorch, type Libtorch, loadedAlready } from '../libtorch/find.js';
import { requireNode } from '../libtorch/nodeVersion.js';
import { minorOf } from '../libtorch/version.js';
import { addonFile, findBinaries } from './binaries.js';
import type { Native } from './exports/index.js';
import { collect, finalizesDeleted } from './runtime.js';

requireNode();
const require = createRequire(import.meta.url);
const binaries = findBinaries();

/** The folder of the addons, where the fused engine's libraries lie too. */
export const addonFolder: string = binaries.folder;

function requireBinary<T>(file: string): T {
  try {
    return require(file) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const next = code === 'ERR_DLOPEN_DISABLED' ? '. Start Node.js with --allow-addons' : '';
    throw new TorchError(
      'ERR_LIBTORCH_LOAD',
      `the addon does not load: ${message.replace(/\.$/, '')}${next}`,
      {
        cause: error,
      },
    );
  }
}

// Why CUDA is not in use; undefined when it is.
let cudaProblem: string | undefined;

interface Loader {
  open(path: string): string | null;
  openOnly(path: string): string | null;
  leave(path: string): void;
}

/** @returns The libtorch that is loaded: another thread may have brought another one into this process. */
function openLibtorch(found: Libtorch): Libtorch {
  const loader = requireBinary<Loader>(binaries.loader);
  const other = loader.openOnly(join(found.libDir, 'libtorch_cpu.so'));
  const libtorch = other === null ? found : loadedAlready(found, other, binaries.minors);
  const open = (name: string): string | null => loader.open(join(libtorch.libDir, name));
  const failure = open('libtorch_cpu.so');
  if (failure !== null) throw loadFailure(libtorch, failure);
  // libtorch caches its CUDA hooks on first use, so this is decided here, once.
  cudaProblem = loadCuda({
    libtorch,
    opensDriver: () => loader.open('libcuda.so.1') === null,
    open: () => open('libtorch_cuda.so'),
  });
  loader.leave(join(libtorch.libDir, 'libtorch_cpu.so'));
  return libtorch;
}

// Where C++ was when an operator that made NaN was called says nothing of where JavaScript was.
const withoutFrames = (message: string): string =>
  message.replace(/ Traceback of forward call.*/s, '');

function find(): Libtorch {
  try {
    return findLibtorch({ minors: binaries.minors });
  } catch (error) {
    const { code, resource } = error as { code?: string; resource?: string };
    if (code !== 'ERR_ACCESS_DENIED') throw error;
    throw new TorchError(
      'ERR_LIBTORCH_NOT_FOUND',
      `Node's permissions do not let ${resource} be looked at, where libtorch may be. Start Node.js with ` +
        '--allow-fs-read for the folder of libtorch, by default ~/.cache/lenet-torch',
      { cause: error },
    );
  }
}

function load(): Native {
  const libtorch = openLibtorch(find());
  const addon = requireBinary<Native>(addonFile(binaries, minorOf(libtorch.version)));
  addon.setErrorClasses(TorchError, OutOfMemoryError);
  addon.setCollector(collect, finalizesDeleted);
  addon.setWarningHandler((message) => process.emitWarning(withoutFrames(message), 'TorchWarning'));
  foundVersion = libtorch.version;
  return addon;
}

let foundVersion = '';

/** The addon, loaded with libtorch on first import. */
export const native: Native = load();

/** libtorch's own version, `'2.11.0+cu130'`. */
export const libtorchVersion: string = foundVersion;

/** Why CUDA cannot be used; `undefined` when it can. */
export function whyNoCuda(): string | undefined {
  if (cudaProblem !== undefined) return cudaProblem;
  if (native.cudaDeviceCount() > 0) return undefined;
  return whyNoDevice({ version: libtorchVersion }, native.cudaDriverVersion());
}
