const orientationTag = 0x0112;
// Sizes in bytes of the types of whole numbers: SHORT, LONG, SSHORT, SLONG.
const sizes: Readonly<Record<number, 2 | 4>> = { 3: 2, 4: 4, 8: 2, 9: 4 };
const prefix = 'Exif\0\0';

/** The orientation in an Exif block; `undefined` where it says none. */
export function exifOrientation(block: Uint8Array): number | undefined {
  let tiff = Buffer.from(block.buffer, block.byteOffset, block.length);
  while (tiff.toString('latin1', 0, prefix.length) === prefix) tiff = tiff.subarray(prefix.length);
  const order = tiff.toString('latin1', 0, 4);
  if (tiff.length < 8 || (order !== 'II*\0' && order !== 'MM\0*')) return undefined;
  const little = order.startsWith('I');
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const start = u32(4);
  if (start + 2 > tiff.length) return undefined;
  // The count may be wrong; entries of 12 bytes go on to the end.
  const end = Math.min(start + 2 + 12 * u16(start), tiff.length - 11);
  for (let at = start + 2; at < end; at += 12) {
    const size = sizes[u16(at + 2)];
    if (u16(at) !== orientationTag || size === undefined || u32(at + 4) !== 1) continue;
    return size === 2 ? u16(at + 8) : u32(at + 8);
  }
  return undefined;
}

/** The orientation in an XMP packet, which counts where Exif says none. */
export function xmpOrientation(packet: Uint8Array): number | undefined {
  const text = Buffer.from(packet.buffer, packet.byteOffset, packet.length).toString('latin1');
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
