import { Busboy } from '@fastify/busboy';

import { TorchError } from '../error.js';

/** A file of a form. */
export interface Part {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

// Of a form's fields, which are no images, and of its files.
const limits = { fields: 100, files: 1024, parts: 1024, fieldSize: 10_000, headerPairs: 100 };

/**
 * The files of a `multipart/form-data` body, in their order; other fields are refused, for nobody reads them.
 *
 * @param type - The body's `Content-Type`, with its boundary.
 * @throws {TorchError} `ERR_REQUEST` for a body that is none, or is cut short.
 */
export function partsOf(body: Uint8Array, type: string): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string): void => {
      reject(new TorchError('ERR_REQUEST', `multipart: ${message}`));
    };
    const parts: Part[] = [];
    let open = 0;
    let isRead = false;
    const settle = (): void => {
      if (isRead && open === 0) resolve(parts);
    };
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({ headers: { 'content-type': type }, limits, isPartAFile: () => true });
    } catch (error) {
      return refuse((error as Error).message);
    }
    parser.on('file', (field, stream, file, _, mime) => {
      const pieces: Buffer[] = [];
      const at = parts.length;
      const name = file || field || `part ${at}`;
      parts.push({ name, type: mime, bytes: Buffer.alloc(0) });
      open++;
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('error', () => refuse('expected a whole body, found one that is cut short'));
      stream.on('end', () => {
        parts[at] = { name, type: mime, bytes: Buffer.concat(pieces) };
        open--;
        settle();
      });
    });
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => refuse(`expected at most ${limits.files} images`));
    }
    parser.on('error', (error) => refuse((error as Error).message));
    parser.on('finish', () => {
      isRead = true;
      settle();
    });
    parser.end(body);
  });
}
