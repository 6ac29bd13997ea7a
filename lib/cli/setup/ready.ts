import { fashionMnist } from '../../data/sets/idxSets.js';
import { locateSet } from '../../data/sets/locate.js';
import { searchLibtorch } from '../../libtorch/find.js';
import { findBinaries } from '../../native/binaries.js';

/** Who may be asked, and what is there already. */
export interface ReadyOptions {
  /** Download without asking. */
  yes?: boolean | undefined;
  /** Whether the data set is needed that setup brings. Default true. */
  data?: boolean | undefined;
}

/**
 * Does setup's work before a command that needs libtorch and the data set, where one is missing: after a
 * question, or unasked with `--yes` or in CI. Where nobody can be asked, the command fails
 * with its own error, which names `setup`: half a gigabyte is not downloaded behind a user's back.
 *
 * @throws {TorchError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_FOUND`, and what setup throws.
 */
export async function ensureReady({ yes = false, data = true }: ReadyOptions): Promise<void> {
  const { minors } = findBinaries();
  const { found } = searchLibtorch({ minors });
  if (found && (!data || hasData())) return;
  // What the user names is not replaced: the import says why it does not fit.
  if (!found && process.env.LENET_TORCH_LIBTORCH) return;
  if (!yes && !process.env.CI && !process.stdin.isTTY) return;
  // Here and not above: where nothing is missing, and for help, it would only cost time.
  const { setup } = await import('./command.js');
  await setup({ yes, data });
}

function hasData(): boolean {
  try {
    locateSet(fashionMnist);
    return true;
  } catch {
    return false;
  }
}
