import type { Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';

import { type ErrorCode, TorchError } from '../error.js';

/** Where a server is to be reached. */
export interface Place {
  /** A name or an address of this machine. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Where a server is reached. */
export interface Address extends Place {
  /** `http://127.0.0.1:8080`, without a slash at its end. */
  readonly url: string;
}

const sweepMs = 25;

const codes: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: 'ERR_PORT_IN_USE',
  EACCES: 'ERR_PORT_DENIED',
  EPERM: 'ERR_PORT_DENIED',
  EADDRNOTAVAIL: 'ERR_HOST_NOT_FOUND',
  ENOTFOUND: 'ERR_HOST_NOT_FOUND',
  EAI_AGAIN: 'ERR_HOST_NOT_FOUND',
  EINVAL: 'ERR_HOST_NOT_FOUND',
  EAFNOSUPPORT: 'ERR_HOST_NOT_FOUND',
};

/**
 * Begins to listen.
 *
 * @returns Where: with the port that was free.
 * @throws {TorchError} `ERR_PORT_IN_USE`; `ERR_PORT_DENIED` for a port that this user may not open, such as those
 *   below 1024; `ERR_HOST_NOT_FOUND` for a name without an address, or an address that is not this machine's.
 */
export function listen(server: Server, place: Place): Promise<Address> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      server.off('listening', begin);
      reject(listenError(error, place));
    };
    const begin = (): void => {
      server.off('error', fail);
      const { port } = server.address() as AddressInfo;
      resolve({ host: place.host, port, url: `http://${inUrl(place.host)}:${port}` });
    };
    server.once('error', fail).once('listening', begin);
    server.listen(place.port, place.host);
  });
}

// What listens everywhere is reached from here.
function inUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Place): TorchError {
  const code = codes[error.code ?? ''] ?? 'ERR_HOST_NOT_FOUND';
  const reasons: Partial<Record<ErrorCode, string>> = {
    ERR_PORT_IN_USE: `port ${port} on ${host} is in use: end what listens there, or name another one`,
    ERR_PORT_DENIED: `port ${port} on ${host} is not permitted${
      port < 1024 ? ': those below 1024 are for privileged users; name a larger one' : ''
    }`,
    ERR_HOST_NOT_FOUND: `${host} is no name or address of this machine (${error.code})`,
  };
  return new TorchError(code, reasons[code]!, { cause: error });
}

/**
 * Stops listening and waits for the answers that are under way; what is not answered in time is cut off.
 *
 * @param graceMs - How long answers are waited for, in milliseconds.
 * @param idleMs - How long clients that have their answer may still ask on the same connection: a request that is on its way
 *   when its connection is closed is lost.
 */
export function close(server: Server, graceMs: number, idleMs = 0): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    const patience = setTimeout(() => server.closeAllConnections(), graceMs);
    // Those that have their answer are kept open by clients for the next request.
    let sweeping: NodeJS.Timeout | undefined;
    const sweep = setTimeout(() => {
      server.closeIdleConnections();
      sweeping = setInterval(() => server.closeIdleConnections(), sweepMs);
    }, idleMs);
    const end = (): void => {
      clearTimeout(patience);
      clearTimeout(sweep);
      clearInterval(sweeping);
      resolve();
    };
    // That of node:http closes the idle ones at once.
    const stop = idleMs === 0 ? server.close : NetServer.prototype.close;
    stop.call(server, end);
  });
}
