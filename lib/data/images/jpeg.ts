const marker = { byte: 0xff, stuffing: 0x00, temporary: 0x01, end: 0xd9 };
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
