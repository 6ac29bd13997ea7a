import type { ServerResponse } from 'node:http';

import { type ErrorCode, TorchError } from '../error.js';

/** An answer, before it is any server's. */
export interface Reply {
  readonly status: number;
  /** Without `Content-Length`. Names as HTTP writes them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

// What is the client's fault, or passes; everything else is a fault of the server's.
const statuses: Partial<Record<ErrorCode, number>> = {
  ERR_REQUEST: 400,
  ERR_INVALID_ARG: 400,
  ERR_IMAGE: 400,
  ERR_DATA_CORRUPT: 400,
  ERR_FORBIDDEN: 403,
  ERR_NOT_FOUND: 404,
  ERR_RUN_NOT_FOUND: 404,
  ERR_DATA_NOT_FOUND: 404,
  ERR_FILE_NOT_FOUND: 404,
  ERR_RUN_LOCKED: 409,
  ERR_METHOD: 405,
  ERR_BODY_TOO_LARGE: 413,
  ERR_MEDIA_TYPE: 415,
  ERR_MODEL_BUSY: 503,
  ERR_OUT_OF_MEMORY: 503,
  ERR_OVERLOADED: 503,
  ERR_CLOSING: 503,
};

/** The status that says what kind of failure an error is; 500 for one without a code. */
export const statusOf = (error: unknown): number =>
  statuses[(error as { code?: ErrorCode } | null)?.code ?? 'ERR_LIBTORCH'] ?? 500;

/** What clients are told of an error. Of one that has no code of this package's they are told no more than that. */
export function described(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // Node's own errors have codes that look alike.
  const isOwn = error instanceof TorchError || code === 'ERR_INVALID_ARG';
  return isOwn
    ? { code: String(code), message: String(message) }
    : { code: 'ERR_INTERNAL', message: 'the server failed' };
}

/** A value as JSON. */
export function jsonReply(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/** An error as `{ "error": { "code", "message" } }`, with the status of its code. */
export function errorReply(error: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return jsonReply({ error: described(error) }, statusOf(error), headers);
}

/** Sends an answer; to a client that has gone, nothing. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed || response.headersSent) return;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, { ...headers, 'Content-Length': length });
  response.end(body);
}
