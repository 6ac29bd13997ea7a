import type { Call, Translations } from '../call.js';

/** Refuses an image without a batch, which PyTorch takes and ONNX does not. */
export function requireImages(call: Call, name: string): readonly [number, number] {
  const { shape } = call.value(name);
  const [height, width] = shape.slice(2);
  if (shape.length !== 4 || typeof height !== 'number' || typeof width !== 'number') {
    call.refuse(`the input is [${shape.join(', ')}], not (N, C, H, W)`);
  }
  return [height, width];
}

// `[top, left, bottom, right]`
function readPadding(call: Call, kernel: readonly [number, number]): number[] {
  if (call.overload !== 'padding') {
    const [height, width] = call.pair('padding');
    return [height, width, height, width];
  }
  if (call.string('padding') === 'valid') return [0, 0, 0, 0];
  // 'same': the odd pixel goes below and to the right.
  const dilation = call.pair('dilation');
  const total = kernel.map((size, i) => (size - 1) * dilation[i]!);
  const before = total.map((size) => Math.floor(size / 2));
  return [...before, ...total.map((size, i) => size - before[i]!)];
}

function conv2d(call: Call): string {
  requireImages(call, 'input');
  const kernel = call.value('weight').shape.slice(2) as [number, number];
  const inputs = [call.input('input'), call.input('weight')];
  if (call.has('bias')) inputs.push(call.input('bias'));
  return call.node('Conv', inputs, {
    kernel_shape: kernel,
    strides: call.pair('stride'),
    pads: readPadding(call, kernel),
    dilations: call.pair('dilation'),
    group: call.number('groups'),
  });
}

export const convolution: Translations = { conv2d };
