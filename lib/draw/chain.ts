import { invalidArgument } from '../error.js';
import type { RecordedTensor } from '../native/exports/recording.js';
import type { Module } from '../nn/index.js';
import { inEvalMode } from '../observe/mode.js';
import { record } from '../observe/recording.js';
import type { Tensor } from '../tensor/index.js';

// What of a layer brings numbers of different places together.
const isLayer = /conv|linear|addmm|matmul|pool/;

/**
 * Refuses a network whose layers do not follow one after the other: branches, and results that are added to or put beside
 * those of layers before.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function requireChain(what: string, net: Module, image: Tensor): void {
  const { calls, input } = inEvalMode(net, () => record(net, image, false));
  // By tensor: the layer whose result it is made of, by its number.
  const origins = new Map<RecordedTensor, number>([[input, -1]]);
  for (const [number, { name, arguments: given, results }] of calls.entries()) {
    const tensors = Object.values(given).flat() as RecordedTensor[];
    const found = new Set(tensors.flatMap((each) => origins.get(each) ?? []));
    if (found.size > 1) {
      throw invalidArgument(
        `${what}: ${net.constructor.name} has branches: ${name} takes the results of several layers, and the picture ` +
          'shows layers one after the other. Draw a part that is a chain, or print torch.summary(net)',
      );
    }
    const [origin] = found;
    if (origin === undefined) continue;
    for (const result of results.flat() as RecordedTensor[]) {
      origins.set(result, isLayer.test(name) ? number : origin);
    }
  }
}
