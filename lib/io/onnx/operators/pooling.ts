import type { Call, Translations } from '../call.js';
import { requireImages } from './convolution.js';

/** Each list has a number for each dimension of the image. */
interface Window {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly output: readonly number[];
}

const dimensionsOf = (call: Call): number => Number(/(\d)d/.exec(call.name)![1]);

function readWindow(call: Call): Window {
  const dimensions = dimensionsOf(call);
  const size = requireImages(call, 'self', dimensions);
  const kernel = call.each('kernel_size', dimensions);
  // Rounded up or down, the sizes that libtorch found say how far windows reach.
  call.ignore('ceil_mode');
  const stride = call.numbers('stride').length === 0 ? kernel : call.each('stride', dimensions);
  const output = call.result.shape.slice(2) as number[];
  return { size, kernel, stride, padding: call.each('padding', dimensions), output };
}

/** Pixels after the image that the last window needs. */
function padsAfter(
  { size, kernel, stride, padding, output }: Window,
  dilation: readonly number[],
): number[] {
  return output.map((count, i) => {
    const reach = (count - 1) * stride[i]! + (kernel[i]! - 1) * dilation[i]! + 1;
    return Math.max(0, reach - size[i]! - padding[i]!);
  });
}

// As a node of its own: [N, C, …] before, then after.
function padded(
  call: Call,
  before: readonly number[],
  after: readonly number[],
  value: number,
): string {
  const { dtype } = call.value('self');
  const pads = call.graph.constant([0, 0, ...before, 0, 0, ...after], 'int64');
  return call.graph.node('Pad', [call.input('self'), pads, call.graph.scalar(value, dtype)]);
}

function maxPool(call: Call): string {
  const window = readWindow(call);
  const { kernel, stride, padding } = window;
  const dilation = call.each('dilation', kernel.length);
  const after = padsAfter(window, dilation);
  const attributes = { kernel_shape: kernel, strides: stride, dilations: dilation };
  // ONNX Runtime refuses padding as wide as the kernel, which dilation makes possible.
  const fits = [...padding, ...after].every((pad, i) => pad < kernel[i % kernel.length]!);
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
function counts(window: Window, i: number, includePad: boolean): number[] {
  const [size, pad] = [window.size[i]!, window.padding[i]!];
  return Array.from({ length: window.output[i]! }, (_, at) => {
    const start = at * window.stride[i]! - pad;
    const end = Math.min(start + window.kernel[i]!, size + pad);
    return includePad ? end - start : Math.min(end, size) - Math.max(start, 0);
  });
}

function avgPool(call: Call): string {
  const window = readWindow(call);
  const { kernel, padding, stride, output } = window;
  const after = padsAfter(
    window,
    kernel.map(() => 1),
  );
  const includePad = call.boolean('count_include_pad');
  const divisor = call.optionalNumber('divisor_override');
  const area = kernel.reduce((product, each) => product * each, 1);
  // ONNX divides by the kernel's area, once the padding is a part of the image.
  const divisors = kernel
    .map((_, i) => counts(window, i, includePad))
    .reduce((all, own) => all.flatMap((a) => own.map((b) => a * b)), [1])
    .map((count) => divisor ?? count);
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

/**
 * Windows that cover the image, one direction after the other: one pool where all are of one size, else a part of the
 * image for each.
 */
function adaptive(call: Call, poolType: string, reduceType: string): string {
  const dimensions = dimensionsOf(call);
  const size = requireImages(call, 'self', dimensions);
  call.ignore('output_size');
  const output = call.result.shape.slice(2) as number[];
  if (output.every((count, i) => size[i]! % count === 0)) {
    const kernel = output.map((count, i) => size[i]! / count);
    return call.node(poolType, [call.input('self')], { kernel_shape: kernel, strides: kernel });
  }
  const { graph } = call;
  const one = (value: number): string => graph.constant([value], 'int64');
  return output.reduce((input, count, i) => {
    const axis = one(i + 2);
    const parts = Array.from({ length: count }, (_, at) => {
      const start = Math.floor((at * size[i]!) / count);
      const end = Math.ceil(((at + 1) * size[i]!) / count);
      const part = graph.node('Slice', [input, one(start), one(end), axis]);
      return graph.node(reduceType, [part, axis], { keepdims: 1 });
    });
    return parts.length === 1 ? parts[0]! : call.node('Concat', parts, { axis: i + 2 });
  }, call.input('self'));
}

const adaptiveAvg = (call: Call): string => adaptive(call, 'AveragePool', 'ReduceMean');
const adaptiveMax = (call: Call): string => adaptive(call, 'MaxPool', 'ReduceMax');

export const pooling: Translations = {
  max_pool1d: maxPool,
  max_pool2d: maxPool,
  max_pool3d: maxPool,
  max_pool1d_with_indices: maxPool,
  max_pool2d_with_indices: maxPool,
  max_pool3d_with_indices: maxPool,
  avg_pool1d: avgPool,
  avg_pool2d: avgPool,
  avg_pool3d: avgPool,
  adaptive_avg_pool1d: adaptiveAvg,
  adaptive_avg_pool2d: adaptiveAvg,
  adaptive_avg_pool3d: adaptiveAvg,
  adaptive_max_pool1d: adaptiveMax,
  adaptive_max_pool2d: adaptiveMax,
  adaptive_max_pool3d: adaptiveMax,
};
