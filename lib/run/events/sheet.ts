import { create } from '@bufbuild/protobuf';
import { encode } from 'fast-png';

import { batchOf } from '../../data/dataset/ask.js';
import { IterableDataset } from '../../data/dataset/iterableDataset.js';
import { DataLoader, type LaterBatches } from '../../data/loader/dataloader.js';
import { arange, Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { type Summary_Image, Summary_ImageSchema } from './events_pb.js';

const most = 32;
const columns = 8;
const gap = 2;

/**
 * The first images of a data set side by side, as a PNG; `undefined` where it has none of 1 or 3
 * channels. The brightest value there is becomes white, the darkest black.
 */
export function sampleSheet(batches: LaterBatches): Summary_Image | undefined {
  return tidy(() => {
    const images = firstImages(batches);
    return images && sheetOf(images);
  });
}

function sheetOf(images: Tensor): Summary_Image | undefined {
  const [count = 0, channels = 0, height = 0, width = 0] = images.shape;
  if (images.ndim !== 4 || images.numel() === 0) return undefined;
  if (channels !== 1 && channels !== 3) return undefined;
  const pixels = images.to('float32').data() as Float32Array;
  const low = pixels.reduce((a, b) => Math.min(a, b));
  const high = pixels.reduce((a, b) => Math.max(a, b));
  const rows = Math.ceil(count / columns);
  const sheetWidth = Math.min(count, columns) * (width + gap) - gap;
  const sheetHeight = rows * (height + gap) - gap;
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(128);
  pixels.forEach((value, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const channel = Math.floor(i / (width * height)) % channels;
    const image = Math.floor(i / (width * height * channels));
    const left = (image % columns) * (width + gap);
    const top = Math.floor(image / columns) * (height + gap);
    const at = ((top + y) * sheetWidth + left + x) * channels + channel;
    data[at] = Math.round((255 * (value - low)) / (high - low || 1));
  });
  const png = { width: sheetWidth, height: sheetHeight, channels, data };
  return create(Summary_ImageSchema, {
    width: sheetWidth,
    height: sheetHeight,
    colorspace: channels,
    encodedImageString: encode(png),
  });
}

function firstImages(batches: LaterBatches): Tensor | undefined {
  if (Array.isArray(batches)) {
    const [first] = batches as [unknown?];
    const images = Array.isArray(first) ? first[0] : undefined;
    if (!(images instanceof Tensor) || images.ndim !== 4) return undefined;
    return images.narrow(0, 0, Math.min(most, images.shape[0]!));
  }
  if (!(batches instanceof DataLoader)) return undefined;
  // Not through the loader, which would draw a seed.
  const { dataset, collateFn } = batches;
  if (dataset instanceof IterableDataset || collateFn !== undefined) return undefined;
  const count = Math.min(most, dataset.length);
  if (count === 0) return undefined;
  const [images] = batchOf(dataset, arange(count));
  return images instanceof Tensor ? images : undefined;
}
