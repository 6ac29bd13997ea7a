import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What a name means on this host, as libtorch asks for it too (getaddrinfo). @throws `ENOTFOUND` and its like. */
export async function addressesOf(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/** The address of this host that packets to another leave from; `undefined` where there is no way. Nothing is sent. */
export function addressTowards(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (found: string | undefined): void => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(undefined));
    socket.connect(port, address, () => end(socket.address().address));
  });
}

export const isLoopback = (address: string): boolean => /^127\.|^::1$/.test(address);

/** Which interface has an address. */
export function interfaceOf(address: string): string | undefined {
  return Object.entries(networkInterfaces()).find(([, all]) =>
    all?.some((each) => each.address === address),
  )?.[0];
}

/** The addresses of an interface; `undefined` where there is none of that name. */
export function addressesAt(name: string): string[] | undefined {
  const known = networkInterfaces()[name];
  if (known !== undefined) return known.map(({ address }) => address);
  // Node lists only those that are up and have an address.
  return interfaceNames().includes(name) ? [] : undefined;
}

/** Of all interfaces. */
export function interfaceNames(): string[] {
  try {
    return readdirSync('/sys/class/net').sort();
  } catch {
    return Object.keys(networkInterfaces()).sort();
  }
}

const listening = '0A';

/**
 * Whether somebody listens on a port of this host. From the kernel's tables: to listen there for a moment would be
 * answered to ranks that are looking for the first one already.
 */
export function isTaken(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((file) => {
    try {
      return readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .some(([, local, , state]) => state === listening && local?.endsWith(wanted));
    } catch {
      return false;
    }
  });
}

/** Whether somebody answers there: `answers`, or the system's code (`ECONNREFUSED`), or `silence`. */
export function knock(host: string, port: number, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (what: string): void => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(timeoutMs, () => end('silence'));
    socket.once('connect', () => end('answers'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
