import { TorchError } from '../../error.js';
import { corrupt, type Source } from '../../files/source.js';
import { runPickle } from '../pickle/machine.js';
import { Archive } from './archive.js';
import { toData } from './data.js';
import { knownGlobals, unknownGlobal } from './globals.js';
import { Tensors } from './tensors.js';

/** Reads what `torch.save` wrote. Only data is built; nothing that the file names is executed. */
export async function readTorch(source: Source): Promise<unknown> {
  const archive = await Archive.open(source);
  const bytes = await archive.read('data.pkl');
  const fail = (expected: string, found: string): Error => corrupt(source.path, expected, found);
  const tensors = new Tensors(archive, fail);
  // Each thing that a pickle copies stood in it once.
  let budget = 1024 + 2 * bytes.length;
  const known = knownGlobals({
    tensors,
    corrupt: fail,
    charge: (amount) => {
      budget -= amount;
      if (budget < 0) throw fail('a pickle that is as large as its data', 'copies of copies');
    },
  });
  try {
    const root = runPickle(bytes, {
      corrupt: fail,
      unknown: (what) =>
        new TorchError('ERR_FILE_FORMAT', `${source.path}: ${what} is not known here`),
      persistent: (id) => tensors.storage(id),
      global: (name) => {
        const global = known(name);
        if (global === undefined) throw unknownGlobal(source.path, name);
        return global;
      },
    });
    const converted = toData(root, source.path);
    await tensors.fill(converted.tensors);
    return converted.data;
  } catch (error) {
    tensors.dispose();
    throw error;
  }
}
