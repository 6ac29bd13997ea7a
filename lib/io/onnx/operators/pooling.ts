import type { Call, Translations } from '../call.js';
import { requireImages } from './convolution.js';

interface Window {
  readonly size: [number, number];
  readonly kernel: [number, number];
  readonly stride: [number, number];
  readonly padding: [number, number];
  readonly output: [number, number];
}

function readWindow(call: Call): Window {
  const size = [...requireImages(call, 'self')] as [number, number];
  const kernel = call.pair('kernel_size');
  // Rounded up or down, the sizes that libtorch found say how far windows reach.
  call.ignore('ceil_mode');
  const stride = call.numbers('stride').length === 0 ? kernel : call.pair('stride');
  const output = call.result.shape.slice(2) as [number, number];
  return { size, kernel, stride, padding: call.pair('padding'), output };
}

/** Pixels after the image that the last window needs. */
function padsAfter(
  { size, kernel, stride, padding, output }: Window,
  dilation: number[],
): number[] {
  return output.map((count, i) => {
    const reach = (count - 1) * stride[i]! + (kernel[i]! - 1) * dilation[i]! + 1;
    return Math.max(0, reach - size[i]! - padding[i]!);
  });
}

// As a node of its own: [N, C, H, W] before, then after.
function padded(call: Call, before: number[], after: number[], value: number): string {
  const { dtype } = call.value('self');
  const pads = call.graph.constant([0, 0, ...before, 0, 0, ...after], 'int64');
  return call.graph.node('Pad', [call.input('self'), pads, call.graph.scalar(value, dtype)]);
}

function maxPool2d(call: Call): string {
  const window = readWindow(call);
  const { kernel, stride, padding } = window;
  const dilation = call.pair('dilation');
  const after = padsAfter(window, dilation);
  const attributes = { kernel_shape: kernel, strides: stride, dilations: dilation };
  // ONNX Runtime refuses padding as wide as the kernel, which dilation makes possible.
  const fits = [...padding, ...after].every((pad, i) => pad < kernel[i % 2]!);
  if (fits) {
    return call.node('MaxPool', [call.input('self')], {
      ...attributes,
      pads: [...padding, ...after],
    });
  }
  const input = padded(call, padding, after, Number.NEGATIVE_INFINITY);
  return call.node('MaxPool', [input], attributes);
}

/**
 * How many pixels each window has along one direction. As in PyTorch, what a window rounded up has
 * beyond the padding never counts.
 */
function counts(window: Window, i: 0 | 1, includePad: boolean): number[] {
  const [size, pad] = [window.size[i], window.padding[i]];
  return Array.from({ length: window.output[i] }, (_, at) => {
    const start = at * window.stride[i] - pad;
    const end = Math.min(start + window.kernel[i], size + pad);
    return includePad ? end - start : Math.min(end, size) - Math.max(start, 0);
  });
}

function avgPool2d(call: Call): string {
  const window = readWindow(call);
  const { kernel, padding, stride, output } = window;
  const after = padsAfter(window, [1, 1]);
  const includePad = call.boolean('count_include_pad');
  const divisor = call.optionalNumber('divisor_override');
  const [rows, columns] = [counts(window, 0, includePad), counts(window, 1, includePad)];
  const area = kernel[0] * kernel[1];
  // ONNX divides by the kernel's area, once the padding is a part of the image.
  const divisors = rows.flatMap((row) => columns.map((column) => divisor ?? row * column));
  const attributes = { kernel_shape: kernel, strides: stride };
  const isPadded = [...padding, ...after].some((pad) => pad > 0);
  const input = isPadded ? padded(call, padding, after, 0) : call.input('self');
  if (divisors.every((each) => each === area)) {
    return call.node('AveragePool', [input], attributes);
  }
  const { dtype } = call.result;
  const factors = divisors.map((each) => area / each);
  return call.node('Mul', [
    call.graph.node('AveragePool', [input], attributes),
    call.graph.constant(factors, dtype, [1, 1, ...output]),
  ]);
}

// ONNX has windows of one size: those that divide the image.
function adaptiveAvgPool2d(call: Call): string {
  const size = requireImages(call, 'self');
  call.ignore('output_size');
  const output = call.result.shape.slice(2) as [number, number];
  const kernel = size.map((length, i) => length / output[i]!);
  if (!kernel.every(Number.isInteger)) {
    call.refuse(`${size.join('×')} pixels fall into ${output.join('×')} windows of several sizes`);
  }
  return call.node('AveragePool', [call.input('self')], { kernel_shape: kernel, strides: kernel });
}

export const pooling: Translations = {
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  adaptive_avg_pool2d: adaptiveAvgPool2d,
};
