// Of nn.functional.
import * as torch from '../../../lib/index.js';
import { type Calls, image, label, sequence, volume, x } from './inputs.js';

const F = torch.nn.functional;

export const functionalCalls: Calls = {
  'nn.functional.conv1d': (o) => F.conv1d(volume(1), torch.ones(1, 1, 3), null, o),
  'nn.functional.maxPool1d': (o) => F.maxPool1d(volume(1), 2, 2, o),
  'nn.functional.avgPool1d': (o) => F.avgPool1d(volume(1), 2, 2, o),
  'nn.functional.convTranspose1d': (o) =>
    F.convTranspose1d(volume(1), torch.ones(1, 1, 3), null, o),
  'nn.functional.maxPool1dWithIndices': (o) => F.maxPool1dWithIndices(volume(1), 2, 2, o),
  'nn.functional.lpPool1d': (o) => F.lpPool1d(volume(1), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool1d': (o) => F.adaptiveMaxPool1d(volume(1), 2, o),
  'nn.functional.adaptiveMaxPool1dWithIndices': (o) =>
    F.adaptiveMaxPool1dWithIndices(volume(1), 2, o),
  'nn.functional.maxUnpool1d': (o) =>
    F.maxUnpool1d(...F.maxPool1dWithIndices(volume(1), 2), 2, 2, o),
  'nn.functional.convTranspose2d': (o) =>
    F.convTranspose2d(volume(2), torch.ones(1, 1, 3, 3), null, o),
  'nn.functional.maxPool2dWithIndices': (o) => F.maxPool2dWithIndices(volume(2), 2, 2, o),
  'nn.functional.lpPool2d': (o) => F.lpPool2d(volume(2), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool2d': (o) => F.adaptiveMaxPool2d(volume(2), 2, o),
  'nn.functional.adaptiveMaxPool2dWithIndices': (o) =>
    F.adaptiveMaxPool2dWithIndices(volume(2), 2, o),
  'nn.functional.maxUnpool2d': (o) =>
    F.maxUnpool2d(...F.maxPool2dWithIndices(volume(2), 2), 2, 2, o),
  'nn.functional.fractionalMaxPool2d': [
    (o) => F.fractionalMaxPool2d(volume(2), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.fractionalMaxPool2dWithIndices': [
    (o) => F.fractionalMaxPool2dWithIndices(volume(2), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.conv3d': (o) => F.conv3d(volume(3), torch.ones(1, 1, 3, 3, 3), null, o),
  'nn.functional.maxPool3d': (o) => F.maxPool3d(volume(3), 2, 2, o),
  'nn.functional.avgPool3d': (o) => F.avgPool3d(volume(3), 2, 2, o),
  'nn.functional.convTranspose3d': (o) =>
    F.convTranspose3d(volume(3), torch.ones(1, 1, 3, 3, 3), null, o),
  'nn.functional.maxPool3dWithIndices': (o) => F.maxPool3dWithIndices(volume(3), 2, 2, o),
  'nn.functional.lpPool3d': (o) => F.lpPool3d(volume(3), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool3d': (o) => F.adaptiveMaxPool3d(volume(3), 2, o),
  'nn.functional.adaptiveMaxPool3dWithIndices': (o) =>
    F.adaptiveMaxPool3dWithIndices(volume(3), 2, o),
  'nn.functional.maxUnpool3d': (o) =>
    F.maxUnpool3d(...F.maxPool3dWithIndices(volume(3), 2), 2, 2, o),
  'nn.functional.fractionalMaxPool3d': [
    (o) => F.fractionalMaxPool3d(volume(3), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.fractionalMaxPool3dWithIndices': [
    (o) => F.fractionalMaxPool3dWithIndices(volume(3), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.interpolate': [(o) => F.interpolate(image(), o), { size: 4 }],
  'nn.functional.upsample': [(o) => F.upsample(image(), o), { size: 4 }],
  'nn.functional.upsampleNearest': [(o) => F.upsampleNearest(image(), o), { size: 4 }],
  'nn.functional.upsampleBilinear': [(o) => F.upsampleBilinear(image(), o), { size: 4 }],
  'nn.functional.unfold': (o) => F.unfold(image(), 2, o),
  'nn.functional.fold': (o) => F.fold(torch.ones(1, 4, 9), 4, 2, o),
  'nn.functional.gridSample': (o) => F.gridSample(image(), torch.zeros(1, 2, 2, 2), o),
  'nn.functional.affineGrid': (o) => F.affineGrid(torch.ones(1, 2, 3), [1, 1, 2, 2], o),
  'nn.functional.avgPool2d': (o) => F.avgPool2d(image(), 2, 2, o),
  'nn.functional.conv2d': (o) => F.conv2d(image(), torch.ones(1, 1, 3, 3), null, o),
  'nn.functional.scaledDotProductAttention': (o) =>
    F.scaledDotProductAttention(sequence(), sequence(), sequence(), o),
  'nn.functional.multiHeadAttentionForward': (o) =>
    F.multiHeadAttentionForward(
      sequence(),
      sequence(),
      sequence(),
      4,
      2,
      torch.ones(12, 4),
      null,
      null,
      null,
      false,
      0,
      torch.ones(4, 4),
      null,
      o,
    ),
  'nn.functional.crossEntropy': (o) => F.crossEntropy(torch.ones(1, 3), label(), o),
  'nn.functional.maxPool2d': (o) => F.maxPool2d(image(), 2, 2, o),
  'nn.functional.pad': (o) => F.pad(x(), [1, 1], o),
};
