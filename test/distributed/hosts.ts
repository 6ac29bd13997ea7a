// Two hosts on one: network namespaces with a cable between them and files of names of their own. Needs root.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

export const hosts = ['a', 'b'] as const;
export type Host = (typeof hosts)[number];

const run = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const number = process.pid % 4096;

/** Its namespace. */
export const nameOf = (host: Host): string => `lenet${number}${host}`;
const endOf = (host: Host): string => `lt${number}${host}`;

/** Addresses that are nobody's (TEST-NET-2; and of the kind that is local to a site). */
export const addresses = { a: '198.51.100.1', b: '198.51.100.2' } as const;
export const addresses6 = { a: 'fd00:5ed::1', b: 'fd00:5ed::2' } as const;

/** Whether this account may make hosts. */
export function mayMakeHosts(): boolean {
  if (process.getuid?.() !== 0 || !run('ip', 'netns', 'add', `${nameOf('a')}x`)) return false;
  return run('ip', 'netns', 'del', `${nameOf('a')}x`);
}

/** What `ip netns exec` shows as /etc/hosts there. */
export function nameHosts(host: Host, lines: readonly string[]): void {
  const folder = `/etc/netns/${nameOf(host)}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/hosts`, `127.0.0.1 localhost\n::1 localhost\n${lines.join('\n')}\n`);
  writeFileSync(`${folder}/resolv.conf`, '');
}

export function makeHosts(): void {
  const [a, b] = hosts.map(endOf) as [string, string];
  for (const host of hosts) run('ip', 'netns', 'add', nameOf(host));
  run(
    'ip',
    'link',
    'add',
    a,
    'netns',
    nameOf('a'),
    'type',
    'veth',
    'peer',
    'name',
    b,
    'netns',
    nameOf('b'),
  );
  for (const host of hosts) {
    const on = ['-n', nameOf(host)];
    run('ip', ...on, 'addr', 'add', `${addresses[host]}/24`, 'dev', endOf(host));
    run('ip', ...on, 'link', 'set', 'lo', 'up');
    nameHosts(host, []);
    setCable(host, 'up');
  }
}

/** Pulls one end of the cable out, or puts it in: the other host hears nothing of it. */
export function setCable(host: Host, state: 'up' | 'down'): void {
  const on = ['-n', nameOf(host)];
  run('ip', '-n', nameOf(host), 'link', 'set', endOf(host), state);
  // It goes with the link.
  if (state === 'up')
    run('ip', ...on, '-6', 'addr', 'add', `${addresses6[host]}/64`, 'dev', endOf(host), 'nodad');
}

export function removeHosts(): void {
  for (const host of hosts) {
    run('ip', 'netns', 'del', nameOf(host));
    rmSync(`/etc/netns/${nameOf(host)}`, { recursive: true, force: true });
  }
}

/** The network's device of a host. */
export const deviceOf = endOf;
