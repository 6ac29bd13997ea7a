import type { Header } from './format.js';

/** Size of the canvas, Exif and XMP of a WebP: lossy, lossless, or extended with these. */
export function webpHeader(bytes: Buffer): Header | undefined {
  let size: { width: number; height: number } | undefined;
  let exif: Buffer | undefined;
  let xmp: Buffer | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, end);
    const kind = bytes.toString('latin1', at, at + 4);
    if (kind === 'EXIF') exif ??= data;
    else if (kind === 'XMP ') xmp ??= data;
    else size ??= sizeIn(kind, data);
    // Chunks have even lengths.
    at = end + (end % 2);
  }
  return size && { ...size, exif, xmp };
}

function sizeIn(kind: string, data: Buffer): { width: number; height: number } | undefined {
  if (kind === 'VP8X' && data.length >= 10) {
    return { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) };
  }
  if (kind === 'VP8 ' && data.length >= 10) {
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  if (kind === 'VP8L' && data.length >= 5) {
    const bits = data.readUInt32LE(1);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return undefined;
}
