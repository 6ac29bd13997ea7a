import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/** The numbers in a list of the kernel's: `0-3,8`. */
export function coresIn(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    return Array.from({ length: (last as number) - first + 1 }, (_, i) => first + i);
  });
}

/** Where this process may run; `undefined` where that cannot be read. */
export function allowedCores(host = '/'): number[] | undefined {
  const status = textOf(join(host, 'proc/self/status')) ?? '';
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  return list === undefined ? undefined : coresIn(list);
}

/**
 * How many processors' time the process's control groups let it have: 1.5 is one and a half; `undefined` without a limit, and
 * where none can be read, as without the runtime's permission. Knows both versions of control groups. Each group above
 * the process limits it too, so the least counts.
 *
 * @param host - The folder that `/proc` and `/sys` lie in.
 */
export function cpuQuota(host = '/'): number | undefined {
  const groups = textOf(join(host, 'proc/self/cgroup'));
  const mounts = textOf(join(host, 'proc/self/mountinfo'));
  if (groups === undefined || mounts === undefined) return undefined;
  const quotas = mounts.split('\n').flatMap((line) => {
    const mount = cpuMount(line);
    const path = mount && pathOf(groups, mount.version);
    if (mount === undefined || path === undefined) return [];
    return limitsAbove(join(host, mount.folder), below(path, mount.root), mount.version);
  });
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

type Version = 1 | 2;

// `31 23 0:28 /root /folder rw - cgroup cgroup rw,cpu,cpuacct`, with optional fields before the dash.
function cpuMount(line: string): { folder: string; root: string; version: Version } | undefined {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root, folder] = before.split(' ');
  const [type, , options = ''] = after.split(' ');
  const isCpu = type === 'cgroup2' || (type === 'cgroup' && options.split(',').includes('cpu'));
  if (!isCpu || root === undefined || folder === undefined) return undefined;
  return { root: plain(root), folder: plain(folder), version: type === 'cgroup2' ? 2 : 1 };
}

// Spaces and the like stand as octal numbers there.
const plain = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

// `5:cpu,cpuacct:/path`, of version 2 `0::/path`.
function pathOf(groups: string, version: Version): string | undefined {
  for (const line of groups.split('\n')) {
    const [, id, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    const isIt = version === 2 ? id === '0' : controllers?.split(',').includes('cpu');
    if (isIt && controllers !== undefined) return path;
  }
  return undefined;
}

// A container may see the whole path, and only its own part mounted.
const below = (path: string, root: string): string =>
  path === root || path.startsWith(root === '/' ? root : `${root}/`) ? path.slice(root.length) : '';

function limitsAbove(mount: string, path: string, version: Version): number[] {
  const limits: number[] = [];
  for (let group = join('/', path); ; group = dirname(group)) {
    const limit = limitOf(join(mount, group), version);
    if (limit !== undefined) limits.push(limit);
    if (group === '/') return limits;
  }
}

function limitOf(group: string, version: Version): number | undefined {
  const text =
    version === 2
      ? textOf(join(group, 'cpu.max'))
      : `${textOf(join(group, 'cpu.cfs_quota_us'))} ${textOf(join(group, 'cpu.cfs_period_us'))}`;
  const [quota = Number.NaN, period = Number.NaN] = text?.split(/\s+/).map(Number.parseFloat) ?? [];
  // Without a limit, `max` or -1.
  return quota > 0 && period > 0 ? quota / period : undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // not there, or not permitted
  }
}

/** The processors that the process may run on. */
export function processors(host = '/'): number {
  const allowed = allowedCores(host);
  const online = textOf(join(host, 'sys/devices/system/cpu/online'));
  // Node's own number follows the quota in some versions, and rounds down.
  if (allowed === undefined || online === undefined) return availableParallelism();
  const there = new Set(coresIn(online.trim()));
  return Math.max(1, allowed.filter((core) => there.has(core)).length);
}

/**
 * As many threads as the process has processors' time for: more only wait for each other, most of all where the system
 * stops all of them for the rest of a period. Of a quota of 1.5 processors two threads make more than one in five of six
 * trainings, and less in predictions of 64 images (docs/install.md has the figures).
 */
export function usefulThreads(host = '/'): number {
  const quota = cpuQuota(host);
  const all = processors(host);
  return quota === undefined ? all : Math.min(all, Math.max(1, Math.round(quota)));
}
