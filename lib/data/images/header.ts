import type { Header, ImageFormat } from './format.js';
import { jpegHeader } from './jpeg.js';
import { exifOrientation, xmpOrientation } from './orientation.js';
import { pngHeader } from './png.js';
import { webpHeader } from './webp.js';

/** The size of an image as it is stored, and how it is to be turned. */
export interface Measure {
  readonly width: number;
  readonly height: number;
  /** As Exif numbers them, 1 (as it is stored) to 8. */
  readonly orientation: number;
}

const readers: Readonly<Record<ImageFormat, (bytes: Buffer) => Header | undefined>> = {
  PNG: pngHeader,
  JPEG: jpegHeader,
  WebP: webpHeader,
};

/** Reads size and orientation, the latter as Pillow does; `undefined` where the header says no size. */
export function measure(bytes: Uint8Array, format: ImageFormat): Measure | undefined {
  const header = readers[format](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (header === undefined || header.width * header.height === 0) return undefined;
  const { width, height, exif, xmp } = header;
  const orientation = (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)) ?? 1;
  // A number that means nothing turns nothing.
  return { width, height, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 };
}
