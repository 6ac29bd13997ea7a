import { findBinaries } from '../binaries.js';
import { locateFashionMnist } from '../data/source.js';
import { searchLibtorch } from '../libtorch/find.js';
import { setup } from './setup.js';

/** Who may be asked, and what is there already. */
export interface ReadyOptions {
  /** Download without asking. */
  yes?: boolean | undefined;
  /** The data set that the user names; setup need not bring one. */
  data?: string | undefined;
}

/**
 * Does setup's work before a command that needs libtorch and the data set, where one is missing: after a
 * question, or unasked with `--yes` or in CI. Where nobody can be asked, the command fails
 * with its own error, which names `setup`: half a gigabyte is not downloaded behind a user's back.
 *
 * @throws {TorchError} `ERR_UNSUPPORTED_PLATFORM`, `ERR_ADDON_NOT_FOUND`, and what setup throws.
 */
export async function ensureReady({ yes = false, data }: ReadyOptions): Promise<void> {
  const { minors } = findBinaries();
  const { found } = searchLibtorch({ minors });
  if (found && (data !== undefined || hasData())) return;
  // What the user names is not replaced: the import says why it does not fit.
  if (!found && process.env.LENET_TORCH_LIBTORCH) return;
  if (yes || process.env.CI || process.stdin.isTTY) await setup({ yes });
}

function hasData(): boolean {
  try {
    locateFashionMnist();
    return true;
  } catch {
    return false;
  }
}
