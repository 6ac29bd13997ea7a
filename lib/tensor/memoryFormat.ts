import { Kind } from '../argument/kind.js';

const formats = [
  'contiguous_format',
  'preserve_format',
  'channels_last',
  'channels_last_3d',
] as const;

/** In which order elements lie in memory: as the dimensions, as they did, or with channels last. */
export type MemoryFormat = (typeof formats)[number];

export const memoryFormatKind = new Kind<MemoryFormat>(
  "a memory format such as 'channels_last'",
  (given) => (formats.includes(given as MemoryFormat) ? (given as MemoryFormat) : undefined),
);
