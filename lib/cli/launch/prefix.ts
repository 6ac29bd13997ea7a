import type { Readable } from 'node:stream';

const newline = 0x0a;

/** Passes lines on, each whole and with a prefix; a last line without its end gets one. */
export function prefixLines(
  source: Readable,
  prefix: string,
  write: (bytes: Uint8Array) => void,
): void {
  const head = Buffer.from(prefix);
  let rest: Buffer[] = [];
  source.on('data', (bytes: Buffer) => {
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      write(Buffer.concat([head, ...rest, bytes.subarray(from, at + 1)]));
      rest = [];
      from = at + 1;
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
  });
  source.on('end', () => {
    if (rest.length > 0) write(Buffer.concat([head, ...rest, Buffer.from('\n')]));
  });
}
