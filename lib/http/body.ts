import type { IncomingMessage } from 'node:http';

import { TorchError } from '../error.js';

// A client that goes on sending what is refused is cut off then.
const patienceMs = 5000;
const nothing = Buffer.alloc(0);

/**
 * A request's whole body. Where the limit is passed, the rest is read and thrown away for a while: a client that
 * has not sent all yet would else not see the answer.
 *
 * @param limit - Most bytes.
 * @throws {TorchError} `ERR_BODY_TOO_LARGE`; `ERR_REQUEST` for a client that goes away before its end, and for a
 *   body that something else has read already.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { 'content-length': length } = request.headers;
    if (length !== undefined && Number(length) > limit) {
      discard(request);
      return reject(tooLarge(limit));
    }
    if (request.readableEnded || request.destroyed) return reject(alreadyRead(request));
    // Most bodies come in one piece.
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    const take = (piece: Buffer): void => {
      size += piece.length;
      if (size > limit) {
        forget();
        discard(request);
        reject(tooLarge(limit));
      } else if (first === undefined) first = piece;
      else if (more === undefined) more = [first, piece];
      else more.push(piece);
    };
    const finish = (): void => {
      forget();
      resolve(more === undefined ? (first ?? nothing) : Buffer.concat(more, size));
    };
    const fail = (): void => {
      forget();
      reject(new TorchError('ERR_REQUEST', 'the client went away before its body had ended'));
    };
    const forget = (): void => {
      request.off('data', take).off('end', finish).off('close', fail).off('error', fail);
    };
    request.on('data', take).on('end', finish).on('close', fail).on('error', fail);
  });
}

function discard(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), patienceMs).unref();
  request.on('error', () => {}).once('close', () => clearTimeout(timer));
  request.resume();
}

const tooLarge = (limit: number): TorchError =>
  new TorchError('ERR_BODY_TOO_LARGE', `expected a body of at most ${limit} bytes, got more`);

const alreadyRead = (request: IncomingMessage): TorchError =>
  new TorchError(
    'ERR_REQUEST',
    request.destroyed && !request.readableEnded
      ? 'the client went away before its body had ended'
      : 'the body has been read already: a parser of bodies is to stand behind this handler',
  );
