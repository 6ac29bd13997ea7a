import type { Call, Translation, Translations } from '../call.js';
import { type Attributes, Float } from '../proto.js';
import { requireImages } from './convolution.js';

function resize(call: Call, dimensions: number, attributes: Attributes): string {
  const size = requireImages(call, 'input', dimensions);
  const output = call.result.shape.slice(2) as number[];
  const { graph } = call;
  const given = call.has('scale_factors') ? call.numbers('scale_factors') : [];
  call.ignore('output_size');
  // Runtimes resample images of two and three dimensions: a line becomes an image of one row.
  const isLine = dimensions === 1;
  const row = graph.constant([2], 'int64');
  const input = isLine ? graph.node('Unsqueeze', [call.input('input'), row]) : call.input('input');
  const one = isLine ? [1, 1, 1] : [1, 1];
  const scales = output.map((count, i) => given[i] ?? count / size[i]!);
  const made =
    given.length > 0
      ? call.node('Resize', [input, '', graph.constant([...one, ...scales], 'float32')], attributes)
      : call.node('Resize', [input, '', '', graph.constant(output, 'int64')], {
          ...attributes,
          axes: output.map((_, i) => i + one.length),
        });
  return isLine ? graph.node('Squeeze', [made, row]) : made;
}

const nearest =
  (dimensions: number): Translation =>
  (call) =>
    resize(call, dimensions, {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });

const nearestExact =
  (dimensions: number): Translation =>
  (call) =>
    resize(call, dimensions, {
      mode: 'nearest',
      coordinate_transformation_mode: 'half_pixel',
      nearest_mode: 'round_prefer_ceil',
    });

/** With antialiasing PyTorch's cubic is Pillow's. */
const smooth =
  (dimensions: number, mode: 'linear' | 'cubic', antialias = false): Translation =>
  (call) => {
    const isAligned = call.boolean('align_corners');
    return resize(call, dimensions, {
      mode,
      coordinate_transformation_mode: isAligned ? 'align_corners' : 'half_pixel',
      cubic_coeff_a: mode === 'cubic' ? new Float(antialias ? -0.5 : -0.75) : undefined,
      antialias: antialias ? 1 : undefined,
      exclude_outside: antialias ? 1 : undefined,
    });
  };

export const resampling: Translations = {
  upsample_nearest1d: nearest(1),
  upsample_nearest2d: nearest(2),
  upsample_nearest3d: nearest(3),
  _upsample_nearest_exact1d: nearestExact(1),
  _upsample_nearest_exact2d: nearestExact(2),
  _upsample_nearest_exact3d: nearestExact(3),
  upsample_linear1d: smooth(1, 'linear'),
  upsample_bilinear2d: smooth(2, 'linear'),
  upsample_trilinear3d: smooth(3, 'linear'),
  upsample_bicubic2d: smooth(2, 'cubic'),
  _upsample_bilinear2d_aa: smooth(2, 'linear', true),
  _upsample_bicubic2d_aa: smooth(2, 'cubic', true),
};
