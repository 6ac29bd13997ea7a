import type { Call, Translations } from '../call.js';
import type { Size } from '../trace.js';
import { requireImages } from './convolution.js';

/** Channels taken apart or together: as `shape`, then in another order, then as the result. */
function reordered(call: Call, shape: readonly Size[], perm: readonly number[]): string {
  const apart = call.reshape(call.input('self'), shape);
  const turned = call.graph.node('Transpose', [apart], { perm });
  return call.reshape(turned, call.result.shape);
}

function pixelShuffle(call: Call): string {
  requireImages(call, 'self', 2);
  const blocksize = call.number('upscale_factor');
  return call.node('DepthToSpace', [call.input('self')], { blocksize, mode: 'CRD' });
}

// ONNX's SpaceToDepth puts the channels last.
function pixelUnshuffle(call: Call): string {
  const [height, width] = requireImages(call, 'self', 2) as [number, number];
  const r = call.number('downscale_factor');
  const [n, c] = call.value('self').shape as [Size, number];
  return reordered(call, [n, c, height / r, r, width / r, r], [0, 1, 3, 5, 2, 4]);
}

function channelShuffle(call: Call): string {
  const { shape } = call.value('self');
  const [n, c, ...size] = shape as [Size, number, ...Size[]];
  const groups = call.number('groups');
  const rest = size.map((_, i) => i + 3);
  return reordered(call, [n, groups, c / groups, ...size], [0, 2, 1, ...rest]);
}

/** A kernel for each pixel of a window, of each channel: what is one there and zero elsewhere. */
function picking(call: Call, kernel: readonly number[], channels: number): string {
  const area = kernel.reduce((product, size) => product * size, 1);
  const own = Array.from({ length: area * area }, (_, i) => Number(i % (area + 1) === 0));
  const all = Array.from({ length: channels }, () => own).flat();
  return call.graph.constant(all, call.result.dtype, [channels * area, 1, ...kernel]);
}

function settingsOf(call: Call, kernel: readonly number[]) {
  const padding = call.each('padding', 2);
  const [strides, dilations] = [call.each('stride', 2), call.each('dilation', 2)];
  return { kernel_shape: kernel, strides, dilations, pads: [...padding, ...padding] };
}

function unfold(call: Call): string {
  requireImages(call, 'self', 2);
  const kernel = call.each('kernel_size', 2);
  const channels = call.value('self').shape[1] as number;
  const weight = picking(call, kernel, channels);
  const attributes = { ...settingsOf(call, kernel), group: channels };
  const picked = call.graph.node('Conv', [call.input('self'), weight], attributes);
  return call.reshape(picked, call.result.shape);
}

function fold(call: Call): string {
  const { shape } = call.value('self');
  if (shape.length !== 3) call.refuse('the input is not (N, C·kH·kW, windows)');
  const size = call.each('output_size', 2);
  const kernel = call.each('kernel_size', 2);
  const settings = settingsOf(call, kernel);
  const { strides, dilations, pads } = settings;
  const room = size.map((each, i) => each + 2 * pads[i]! - dilations[i]! * (kernel[i]! - 1) - 1);
  const blocks = room.map((each, i) => Math.floor(each / strides[i]!) + 1);
  const input = call.reshape(call.input('self'), [shape[0]!, shape[1]!, ...blocks]);
  const channels = call.result.shape[1] as number;
  return call.node('ConvTranspose', [input, picking(call, kernel, channels)], {
    ...settings,
    group: channels,
    output_padding: room.map((each, i) => each % strides[i]!),
  });
}

export const windows: Translations = {
  pixel_shuffle: pixelShuffle,
  pixel_unshuffle: pixelUnshuffle,
  channel_shuffle: channelShuffle,
  native_channel_shuffle: channelShuffle,
  im2col: unfold,
  col2im: fold,
};
