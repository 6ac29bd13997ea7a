import type { Call, Translations } from '../call.js';

/** Sizes in pixels of images `(N, C, …)`. Refuses one without a batch, which PyTorch takes and ONNX does not. */
export function requireImages(call: Call, name: string, dimensions: number): readonly number[] {
  const { shape } = call.value(name);
  const sizes = shape.slice(2);
  if (shape.length !== dimensions + 2 || sizes.some((size) => typeof size !== 'number')) {
    const wanted = ['N', 'C', 'D', 'H', 'W'].filter((_, i) => i < 2 || i >= 5 - dimensions);
    call.refuse(`the input is [${shape.join(', ')}], not (${wanted.join(', ')})`);
  }
  return sizes as number[];
}

// Before each dimension, then after.
function readPadding(call: Call, kernel: readonly number[]): number[] {
  if (call.overload !== 'padding') {
    const padding = call.each('padding', kernel.length);
    return [...padding, ...padding];
  }
  if (call.string('padding') === 'valid') return [...kernel, ...kernel].map(() => 0);
  // 'same': the odd pixel goes below and to the right.
  const dilation = call.each('dilation', kernel.length);
  const total = kernel.map((size, i) => (size - 1) * dilation[i]!);
  const before = total.map((size) => Math.floor(size / 2));
  return [...before, ...total.map((size, i) => size - before[i]!)];
}

/** What convolutions in both directions have in common. */
function convolve(call: Call, opType: string, pads: number[], more: object = {}): string {
  const kernel = call.value('weight').shape.slice(2) as number[];
  const inputs = [call.input('input'), call.input('weight')];
  if (call.has('bias')) inputs.push(call.input('bias'));
  return call.node(opType, inputs, {
    kernel_shape: kernel,
    strides: call.each('stride', kernel.length),
    pads,
    dilations: call.each('dilation', kernel.length),
    group: call.number('groups'),
    ...more,
  });
}

function conv(call: Call): string {
  const kernel = call.value('weight').shape.slice(2) as number[];
  requireImages(call, 'input', kernel.length);
  return convolve(call, 'Conv', readPadding(call, kernel));
}

function convTranspose(call: Call): string {
  const dimensions = call.value('weight').shape.length - 2;
  requireImages(call, 'input', dimensions);
  const padding = call.each('padding', dimensions);
  const more = { output_padding: call.each('output_padding', dimensions) };
  return convolve(call, 'ConvTranspose', [...padding, ...padding], more);
}

export const convolution: Translations = {
  conv1d: conv,
  conv2d: conv,
  conv3d: conv,
  conv_transpose1d: convTranspose,
  conv_transpose2d: convTranspose,
  conv_transpose3d: convTranspose,
};
