import { packageFolder } from '../location.js';

const mark = Symbol.for('lenet-torch: the folder of the copy that was loaded first');

/**
 * Warns where another copy of the package is in use already: two dependencies may bring one each. Both work, but a tensor or
 * network of one is a foreign object to the other, which says that it expected a Tensor and got something else.
 */
export function warnOfOtherCopy(folder: string = packageFolder): void {
  const first: unknown = Reflect.get(globalThis, mark);
  if (first === undefined) Object.defineProperty(globalThis, mark, { value: folder });
  else if (first !== folder) {
    process.emitWarning(
      `two copies of lenet-torch are in use, ${first} and ${folder}. Neither takes the other's tensors and networks. ` +
        'npm ls lenet-torch shows who brings which; npm dedupe, or one version for all, mends it',
      'TorchWarning',
    );
  }
}
