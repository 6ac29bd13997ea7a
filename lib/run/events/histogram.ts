import { create } from '@bufbuild/protobuf';

import { type HistogramProto, HistogramProtoSchema } from './events_pb.js';

const bins = 30;

/** How values are distributed over 30 bins of one width; those that are no numbers are left out. */
export function histogram(values: ArrayLike<number>): HistogramProto {
  let [min, max, num, sum, sumSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    num++;
    sum += value;
    sumSquares += value * value;
  }
  if (num === 0) return create(HistogramProtoSchema, { bucketLimit: [0], bucket: [0] });
  const width = (max - min) / bins;
  const bucket = new Array<number>(width > 0 ? bins : 1).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    bucket[width > 0 ? Math.min(bins - 1, Math.floor((value - min) / width)) : 0]!++;
  }
  // The first bucket of the format begins at -infinity: TensorBoard cuts it at the smallest value.
  const bucketLimit = bucket.map((_, i) => (i === bucket.length - 1 ? max : min + (i + 1) * width));
  return create(HistogramProtoSchema, { min, max, num, sum, sumSquares, bucketLimit, bucket });
}
