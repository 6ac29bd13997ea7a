import { Subset } from '../data/dataset/subset.js';
import { DataLoader } from '../data/loader/dataloader.js';
import type { ImageSet } from '../data/sets/imageSet.js';
import { namedSets } from '../data/sets/named.js';
import { TorchError } from '../error.js';
import type { RunConfig } from '../run/config.js';
import type { Transform } from '../transforms/transform.js';
import { Examples } from './examples.js';

// Read once for all runs of a network.
const sets = new Map<string, ImageSet>();

/**
 * The test images of a run that `lenet-torch train` began on a data set with a name, or another one over Fashion-MNIST.
 *
 * @param transform - What the network is given of them.
 *
 * @throws {TorchError} `ERR_NOT_FOUND` for other data; `ERR_DATA_NOT_FOUND`, `ERR_DATA_CORRUPT`.
 */
export function testImages(
  config: RunConfig | undefined,
  transform: Transform | undefined,
): Examples {
  const { data, limitTest, dataSet } = (config?.options ?? {}) as Record<string, unknown>;
  const { dataset } = config?.data.test ?? {};
  const isCommands = dataset === 'Subset' && typeof limitTest === 'number';
  // Runs of before there was a choice say nothing.
  const name = typeof dataSet === 'string' ? dataSet : 'fashion-mnist';
  const make = namedSets[name];
  const isKnown = isCommands || typeof dataSet === 'string' || dataset === 'FashionMNIST';
  if (!isKnown || make === undefined) {
    throw new TorchError(
      'ERR_NOT_FOUND',
      "the run's test images are not known here: it was tested with data of a program's own",
    );
  }
  const root = typeof data === 'string' ? data : undefined;
  const key = `${config?.model.name} ${name} ${root ?? ''}`;
  const given = { ...(root !== undefined && { root }), ...(transform && { transform }) };
  const all = sets.get(key) ?? make({ train: false, ...given });
  sets.set(key, all);
  return Examples.of(new DataLoader(isCommands ? new Subset(all, limitTest as number) : all))!;
}
