import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';

const looked = new WeakSet<Module>();

/**
 * Says once per model when its forward pass used parameters that the model does not list: layers in
 * private fields, arrays or maps. They get gradients, but are not trained, saved or moved.
 */
export function warnOfUnlisted(net: Module, loss: Tensor): void {
  if (looked.has(net)) return;
  looked.add(net);
  if (loss.gradFn === null) return;
  const shapes = native.unknownLeaves(loss, [...net.parameters()]);
  if (shapes.length === 0) return;
  const listed = shapes.map((shape) => `(${shape.join(', ')})`).join(', ');
  process.emitWarning(
    `train: ${net.constructor.name} uses ${shapes.length} tensors with gradients that parameters() does ` +
      `not list, of shapes ${listed}: they are neither trained nor saved. Modules and parameters are ` +
      'found in public fields, and in nn.Sequential and nn.ModuleList; not in private fields, arrays or maps',
    { type: 'TorchWarning', code: 'WARN_UNLISTED_PARAMETERS' },
  );
}
