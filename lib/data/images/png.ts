import { inflateSync } from 'node:zlib';

import type { Header } from './format.js';

// Enough for any Exif block or XMP packet; a claim of more is not believed.
const longestText = 1 << 22;
const exifProfile = 'Raw profile type exif';
const xmpKey = 'XML:com.adobe.xmp';

/** Size, Exif and XMP of a PNG: in an `eXIf` chunk or in texts, before or behind the pixels. */
export function pngHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  let exif: Buffer | undefined;
  const texts = new Map<string, Buffer>();
  for (let at = 8; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, end);
    if (kind === 'eXIf') exif ??= data;
    else if (/^[zi]TXt|tEXt$/.test(kind)) addText(texts, kind, data);
    // A checksum follows.
    at = end + 4;
  }
  return { ...size, exif: exif ?? profile(texts.get(exifProfile)), xmp: texts.get(xmpKey) };
}

function addText(texts: Map<string, Buffer>, kind: string, data: Buffer): void {
  const end = data.indexOf(0);
  const key = data.toString('latin1', 0, end);
  if (end < 0 || texts.has(key) || (key !== exifProfile && key !== xmpKey)) return;
  try {
    texts.set(key, textOf(kind, data, end + 1));
  } catch {
    // A text that does not unpack says nothing; the pixels may be fine.
  }
}

function textOf(kind: string, data: Buffer, at: number): Buffer {
  const unpack = (from: number) =>
    inflateSync(data.subarray(from), { maxOutputLength: longestText });
  if (kind === 'tEXt') return data.subarray(at);
  if (kind === 'zTXt') return unpack(at + 1);
  // Of iTXt a flag, a method, a language and a translated keyword come first.
  const language = data.indexOf(0, at + 2);
  const keyword = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (keyword < 0) throw new Error('no text');
  return data[at] === 1 ? unpack(keyword + 1) : data.subarray(keyword + 1);
}

// ImageMagick's way: a name, a length, and hexadecimal digits in lines.
function profile(text: Buffer | undefined): Buffer | undefined {
  const lines = text?.toString('latin1').split('\n').slice(3);
  return lines && Buffer.from(lines.join(''), 'hex');
}
