import { TorchError } from '../../error.js';
import { checkDriver, nvidiaDriver } from '../../libtorch/driver.js';
import { replacement } from '../../libtorch/explain.js';
import { isDownload, type Libtorch, searchLibtorch, type Variant } from '../../libtorch/find.js';
import { findPythonTorch } from '../../libtorch/python.js';
import { referenceMinor, releases } from '../../libtorch/version.js';
import { fittingMinors } from '../../native/binaries.js';
import {
  fetching,
  type LibtorchDecision,
  noHeaders,
  pythonTorch,
  type SetupOptions,
  type Unfit,
  unfitness,
  variantOf,
} from './decision.js';
import { fromFolder, fromPython } from './given.js';

/**
 * Works out where libtorch is to come from. Looks at folders, and asks Python and `ldd`; changes nothing.
 * @throws {TorchError} When what was asked for cannot be had: another thing is never taken instead.
 */
export async function decide(
  options: SetupOptions,
  signal: AbortSignal,
): Promise<LibtorchDecision> {
  const minors = minorsOf(options);
  const variant = variantOf(options);
  const notes: string[] = [];
  if (variant === 'cuda') {
    const needed = releases[minors[0]!]?.cuda;
    if (needed && options.driverCheck !== false) checkDriver(await nvidiaDriver(), needed);
  }
  if (process.env.LENET_TORCH_LIBTORCH && (options.from || options.fromPython)) {
    notes.push('LENET_TORCH_LIBTORCH is set and goes before what is chosen here: unset it');
  }
  if (options.fromPython) return { ...(await fromPython(options, minors, signal)), notes };
  if (options.from) return { ...(await fromFolder(options.from, options, minors, signal)), notes };
  return fromAnywhere(options, minors, signal);
}

function minorsOf({ version, headers }: SetupOptions): readonly string[] {
  if (version) return [version];
  // An addon that is compiled here is compiled for the reference version.
  return headers ? [referenceMinor] : fittingMinors();
}

async function fromAnywhere(
  options: SetupOptions,
  minors: readonly string[],
  signal: AbortSignal,
): Promise<LibtorchDecision> {
  const headers = options.headers ?? false;
  const variant = variantOf(options);
  const { found, places } = searchLibtorch({ minors });
  const unfit = found ? await unfitness(found, options, signal) : undefined;
  if (found && !unfit) {
    const notes = found.hasCuda ? [] : await gpuNotes(variant);
    // Where only the options led to it, import must be told.
    const used = searchLibtorch({ minors: fittingMinors() }).found;
    return used?.root === found.root
      ? { kind: 'there', libtorch: found, notes }
      : { kind: 'folder', root: found.root, what: `libtorch ${found.version}`, notes };
  }

  if (process.env.LENET_TORCH_LIBTORCH) {
    // A download would not be used.
    const why = unfit ?? places[0];
    throw new TorchError(
      why?.code ?? 'ERR_LIBTORCH_NOT_FOUND',
      `LENET_TORCH_LIBTORCH is ${process.env.LENET_TORCH_LIBTORCH}, but ${why?.reason}. ` +
        `Name another folder, or unset it and run: npx lenet-torch setup${variant ? ` --${variant}` : ''}`,
    );
  }
  const notes: string[] = [];
  const isOurs = found !== undefined && isDownload(found.root);
  const chosen = places.find(({ from }) => from === 'choice recorded at setup');
  const why = chosen?.reason ?? (found?.from === chosen?.from ? unfit?.reason : undefined);
  if (chosen?.path && why) {
    notes.push(`the libtorch chosen before is given up: ${why} (${chosen.path})`);
  }

  const onlyHeaders = isOurs && unfit?.reason === noHeaders;
  if (!onlyHeaders) {
    const cuda = variant && variant === 'cuda';
    const python = await findPythonTorch({ headers, cuda, minors, signal });
    if ('root' in python) {
      return { kind: 'folder', root: python.root, what: pythonTorch, notes };
    }
  }
  if (isOurs) refuseUnloadable(found, unfit, variant);
  const next = fetching(minors, variant ?? 'cpu', headers);
  if (next.kind === 'folder') {
    const { cached } = next;
    refuseUnloadable(cached, await unfitness(cached, options, signal), variant);
  }
  notes.push(...(await gpuNotes(variant)));
  return { ...next, notes };
}

// The files of a download are those that were verified: another copy would not load either.
function refuseUnloadable(
  found: Omit<Libtorch, 'from'>,
  unfit: Unfit | undefined,
  variant: Variant | undefined,
): void {
  if (unfit?.code !== 'ERR_LIBTORCH_LOAD') return;
  const wanted = { damaged: unfit.damaged, cuda: variant === 'cuda' };
  throw new TorchError(
    'ERR_LIBTORCH_LOAD',
    `libtorch ${found.version} at ${found.root} does not load here: ${unfit.reason}. ` +
      replacement({ root: found.root, hasCuda: found.hasCuda }, wanted),
  );
}

// Without a word about CUDA the smaller download is made; not silently where there is a GPU.
async function gpuNotes(variant: Variant | undefined): Promise<string[]> {
  if (variant || !(await nvidiaDriver())) return [];
  return ['this machine has an NVIDIA driver; for its GPU run: npx lenet-torch setup --cuda'];
}
