import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { TorchError } from '../error.js';

/** Names by which this machine calls itself: another site's name that leads here (DNS rebinding) is none of them. */
const ownNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whom a server answers. */
export interface Guarded {
  /** The name or address that it listens on. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/**
 * Refuses requests that are not of the page itself: they name another host, or a page of another origin sent them.
 *
 * @throws {TorchError} `ERR_FORBIDDEN`
 */
export function requireOwnPage(request: IncomingMessage, at: Guarded): void {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (host === undefined || !isOwnHost(host, at)) {
    throw new TorchError(
      'ERR_FORBIDDEN',
      `Host: expected this machine's (${at.host}:${at.port}), got ${JSON.stringify(host ?? '')}`,
    );
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new TorchError(
      'ERR_FORBIDDEN',
      `Origin: expected http://${host}, got ${JSON.stringify(origin)}`,
    );
  }
  // Browsers leave Origin out of plain requests, and say this in its place.
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && request.url !== '/') {
    const isAddressBar = request.headers['sec-fetch-mode'] === 'navigate';
    if (!isAddressBar)
      throw new TorchError('ERR_FORBIDDEN', `a page of another site (${site}) asks`);
  }
}

function isOwnHost(given: string, { host, port }: Guarded): boolean {
  const [, name = given, at = '80'] = /^(.*?)(?::(\d+))?$/.exec(given.toLowerCase()) ?? [];
  if (at !== String(port)) return false;
  if (ownNames.has(name)) return true;
  const listens = host.includes(':') ? `[${host}]` : host.toLowerCase();
  if (listens === name) return true;
  // Who listens everywhere is reached by addresses that it does not know; a name could be anybody's.
  const isEverywhere = listens === '0.0.0.0' || listens === '[::]';
  return isEverywhere && (/^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name));
}

/**
 * For what starts, stops or deletes something.
 *
 * @throws {TorchError} `ERR_FORBIDDEN` without the token.
 */
export function requireToken({ headers }: IncomingMessage, { token }: Guarded): void {
  const given = Buffer.from(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '');
  const right = Buffer.from(token);
  if (given.length === right.length && timingSafeEqual(given, right)) return;
  throw new TorchError(
    'ERR_FORBIDDEN',
    "this needs the token: 'Authorization: Bearer TOKEN', which the page's address has behind ?token=",
  );
}
