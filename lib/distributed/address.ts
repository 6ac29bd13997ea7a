import { native } from '../native/load.js';
import type { Place } from './place.js';
import type { Store } from './store.js';

/**
 * Where this process listens: what packets to the master leave from. Not Python's own: what the host's name means, which
 * is 127.0.0.1 on many a machine, and no other host reaches.
 */
export async function listenAddress(place: Place, address: string | undefined): Promise<string> {
  if (address === 'hostname' || process.env.GLOO_SOCKET_IFNAME) return '';
  if (address !== undefined) return address;
  return place.host === '' ? '' : native.distributedAddressTowards(place.host, place.port);
}

const addressKey = (rank: number): string => `lenet/address/${rank}`;
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/**
 * The host that rank 0 is on often calls itself 127.0.1.1, which no other host reaches: packets to one of the others
 * leave from an address that it does.
 */
export async function reachable(own: string, store: Store, place: Place): Promise<string> {
  const { rank, worldSize, launched } = place;
  if (own === '') return own;
  await store.set(addressKey(rank), own);
  if (!isLoopback(own) || launched?.localWorldSize === worldSize) return own;
  const others = Array.from({ length: worldSize }, (_, i) => i).filter((i) => i !== rank);
  for (const other of others) {
    // Ranks of Python say nothing.
    if (!(await saidWithin(store, addressKey(other), place))) continue;
    const theirs = new TextDecoder().decode(await store.get(addressKey(other)));
    if (!isLoopback(theirs)) return native.distributedAddressTowards(theirs, place.port);
  }
  return own;
}

async function saidWithin(store: Store, key: string, { file }: Place): Promise<boolean> {
  try {
    await store.wait([key], file === undefined ? 5000 : 1000);
    return true;
  } catch {
    return false;
  }
}
