import { atMost } from '../argument/atMost.js';
import { bundleOf, plainForm } from './bundle.js';
import { findKernel } from './kernel.js';

/**
 * Shows a value below a notebook's cell, as IPython's `display` does, the same in each kernel. Outside of a notebook its text
 * is printed.
 *
 * SVG text, which `draw` returns, is shown as a picture, so are the bytes of a PNG or JPEG file (`draw.toPng`); other texts as they
 * are. Summaries and histories are tables; modules, tensors and whatever else as they print. A value
 * with a method `Symbol.for('Jupyter.display')` shows itself: the method returns its forms by MIME type, or a promise of them.
 *
 * @returns When it has left for the notebook: await it, for a cell that has ended shows nothing more.
 * @throws {TypeError} `ERR_INVALID_ARG` when that method returns no forms.
 * @example
 * await torch.display(torch.tensor([1, 2])); // prints tensor([1., 2.])
 */
export async function display(value: unknown): Promise<void> {
  atMost('display', 1, arguments.length);
  const bundle = await bundleOf(value);
  const kernel = findKernel();
  if (kernel === undefined) {
    console.log(plainForm(bundle));
    return;
  }
  await kernel.show(bundle);
  await kernel.settle();
}
