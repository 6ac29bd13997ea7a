import { type IdxSet, idxSets } from '../../data/sets/idxSets.js';
import { locateSet } from '../../data/sets/locate.js';
import { searchLibtorch } from '../../libtorch/find.js';
import { findBinaries } from '../../native/binaries.js';
import { usualSet } from '../dataSet/option.js';

/** Who may be asked, and what is there already. */
export interface ReadyOptions {
  /** Download without asking. */
  yes?: boolean | undefined;
  /** The data set that is needed; a folder of pictures, and false, stand for none. Default: the usual one. */
  data?: string | false | undefined;
}

/**
 * Does setup's work before a command that needs libtorch and the data set, where one is missing: after a
 * question, or unasked with `--yes` or in CI. Where nobody can be asked, the command fails
 * with its own error, which names `setup`: half a gigabyte is not downloaded behind a user's back.
 *
 * @throws {TorchError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_FOUND`, and what setup throws.
 */
export async function ensureReady({ yes = false, data = usualSet }: ReadyOptions): Promise<void> {
  const set = data === false ? undefined : idxSets[data];
  const { minors } = findBinaries();
  const { found } = searchLibtorch({ minors });
  if (found && (set === undefined || isThere(set))) return;
  // What the user names is not replaced: the import says why it does not fit.
  if (!found && process.env.LENET_TORCH_LIBTORCH) return;
  if (!yes && !process.env.CI && !process.stdin.isTTY) return;
  // Here and not above: where nothing is missing, and for help, it would only cost time.
  const { setup } = await import('./command.js');
  await setup({ yes, data: set !== undefined, ...(set && { dataSet: set.folder }) });
}

function isThere(set: IdxSet): boolean {
  try {
    locateSet(set);
    return true;
  } catch {
    return false;
  }
}
