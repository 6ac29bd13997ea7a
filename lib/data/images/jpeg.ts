import type { Header } from './format.js';

const marker = { byte: 0xff, stuffing: 0x00, temporary: 0x01, end: 0xd9, scan: 0xda, app1: 0xe1 };
const isRestart = (code: number): boolean => code >= 0xd0 && code <= 0xd8;

/**
 * Whether a JPEG comes to its end marker. Decoders make up what is missing before it, and say nothing.
 */
export function hasEnd(bytes: Uint8Array): boolean {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(marker.byte, at);
    const code = bytes[at + 1];
    if (at < 0 || code === undefined) return false;
    if (code === marker.end) return true;
    if (code === marker.byte) {
      // Any number of these may come before a marker.
      at += 1;
    } else if (code === marker.stuffing || code === marker.temporary || isRestart(code)) {
      at += 2;
    } else {
      // A segment says its length: an end marker within is a thumbnail's.
      at += 2 + 256 * (bytes[at + 2] ?? 0) + (bytes[at + 3] ?? 0);
    }
  }
}

// Frames: C0 to CF but for tables (C4), arithmetic conditioning (CC) and C8, which is reserved.
const isFrame = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
const exifName = 'Exif\0\0';
const xmpName = 'http://ns.adobe.com/xap/1.0/\0';

/** Size, Exif and XMP of a JPEG, from the segments before its first scan. */
export function jpegHeader(bytes: Buffer): Header | undefined {
  let size: { width: number; height: number } | undefined;
  let exif: Buffer | undefined;
  let xmp: Buffer | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const code = bytes[at + 1]!;
    if (bytes[at] !== marker.byte || code === marker.byte || code === marker.stuffing) {
      // Bytes that fill up, before a marker.
      at += 1;
      continue;
    }
    if (code === marker.scan || code === marker.end) break;
    if (code === marker.temporary || isRestart(code)) {
      at += 2;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const data = bytes.subarray(at + 4, end);
    if (isFrame(code) && data.length >= 5) {
      size ??= { width: data.readUInt16BE(3), height: data.readUInt16BE(1) };
    } else if (code === marker.app1) {
      if (startsWith(data, exifName)) exif ??= data.subarray(exifName.length);
      else if (startsWith(data, xmpName)) xmp ??= data.subarray(xmpName.length);
    }
    at = end;
  }
  return size && { ...size, exif, xmp };
}

const startsWith = (data: Buffer, name: string): boolean =>
  data.toString('latin1', 0, name.length) === name;
