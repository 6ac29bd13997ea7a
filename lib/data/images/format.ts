/** The formats of encoded images that {@link decodeImage} reads. */
export type ImageFormat = 'PNG' | 'JPEG' | 'WebP';

/** What the first bytes say; `undefined` for anything that {@link decodeImage} does not read. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.length));
  const text = start.toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (text.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'WebP';
  return undefined;
}

/** What the parts before the pixels, and some behind them, say. */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** The first Exif block, a TIFF file. */
  readonly exif?: Uint8Array | undefined;
  /** The first XMP packet. */
  readonly xmp?: Uint8Array | undefined;
}
