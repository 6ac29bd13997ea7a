// A container's share of the processors, as control groups of both versions tell it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import { cpuQuota, processors, usefulThreads } from '../../lib/context/quota.js';
import { machineFacts, systemSection } from '../../lib/doctor/machine.js';
import { temporaryFolder } from '../folder.js';

const status = (list: string) => `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\n`;

/** A host of eight processors with these files. */
function host(files: Record<string, string>): string {
  const root = temporaryFolder();
  const all = {
    'proc/self/status': status('0-127'),
    'sys/devices/system/cpu/online': '0-7\n',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const second = (root = '/', folder = '/sys/fs/cgroup') =>
  `22 27 0:21 / /proc rw,relatime - proc proc rw\n31 23 0:28 ${root} ${folder} ro,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n`;
const first = (root: string) =>
  `32 31 0:29 ${root} /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n` +
  '33 31 0:30 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset\n';
const group = 'sys/fs/cgroup';

test.each<[string, Record<string, string>, number | undefined, number]>([
  ['no control groups', {}, undefined, 8],
  [
    'version 2, a container with a namespace of its own',
    {
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': second(),
      [`${group}/cpu.max`]: '150000 100000\n',
    },
    1.5,
    2,
  ],
  [
    'version 2, no limit',
    {
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': second(),
      [`${group}/cpu.max`]: 'max 100000\n',
    },
    undefined,
    8,
  ],
  [
    'version 2, a limit of a service, and a lower one above it',
    {
      'proc/self/cgroup': '0::/user.slice/a b.service/inner\n',
      'proc/self/mountinfo': second(),
      [`${group}/user.slice/cpu.max`]: '300000 100000\n',
      [`${group}/user.slice/a b.service/cpu.max`]: '400000 100000\n',
      [`${group}/user.slice/a b.service/inner/cpu.max`]: 'max 100000\n',
    },
    3,
    3,
  ],
  [
    'version 2, mounted where spaces are',
    {
      'proc/self/cgroup': '0::/x\n',
      'proc/self/mountinfo': second('/', '/sys/my\\040groups'),
      'sys/my groups/x/cpu.max': '20000 100000\n',
    },
    0.2,
    1,
  ],
  [
    'version 1, where a container sees its path on the host',
    {
      'proc/self/cgroup': '11:cpuset:/docker/ab\n4:cpu,cpuacct:/docker/ab\n',
      'proc/self/mountinfo': first('/docker/ab'),
      [`${group}/cpu,cpuacct/cpu.cfs_quota_us`]: '250000\n',
      [`${group}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
    },
    2.5,
    3,
  ],
  [
    'version 1, a group within the container',
    {
      'proc/self/cgroup': '4:cpu,cpuacct:/docker/ab/part\n',
      'proc/self/mountinfo': first('/docker/ab'),
      [`${group}/cpu,cpuacct/cpu.cfs_quota_us`]: '400000\n',
      [`${group}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
      [`${group}/cpu,cpuacct/part/cpu.cfs_quota_us`]: '50000\n',
      [`${group}/cpu,cpuacct/part/cpu.cfs_period_us`]: '50000\n',
    },
    1,
    1,
  ],
  [
    'version 1, no limit; another controller is none',
    {
      'proc/self/cgroup': '11:cpuset:/\n4:cpu,cpuacct:/\n',
      'proc/self/mountinfo': first('/'),
      [`${group}/cpu,cpuacct/cpu.cfs_quota_us`]: '-1\n',
      [`${group}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
      [`${group}/cpuset/cpu.cfs_quota_us`]: '100000\n',
      [`${group}/cpuset/cpu.cfs_period_us`]: '100000\n',
    },
    undefined,
    8,
  ],
  [
    'both versions, the limit in the first',
    {
      'proc/self/cgroup': '1:cpu,cpuacct:/a\n0::/a\n',
      'proc/self/mountinfo': first('/') + second('/', '/sys/fs/cgroup/unified'),
      [`${group}/cpu,cpuacct/a/cpu.cfs_quota_us`]: '200000\n',
      [`${group}/cpu,cpuacct/a/cpu.cfs_period_us`]: '100000\n',
    },
    2,
    2,
  ],
  [
    'more than there are processors',
    {
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': second(),
      [`${group}/cpu.max`]: '3200000 100000\n',
    },
    32,
    8,
  ],
  [
    'what cannot be understood',
    {
      'proc/self/cgroup': 'what\n',
      'proc/self/mountinfo': 'is\nthis - \n',
      [`${group}/cpu.max`]: '\n',
    },
    undefined,
    8,
  ],
])('%s', (_, files, quota, threads) => {
  const root = host(files);
  expect({ quota: cpuQuota(root), threads: usefulThreads(root) }).toEqual({ quota, threads });
});

test('processors are those that are there and allowed; where neither can be read, as Node counts', () => {
  expect(processors(host({ 'proc/self/status': status('1,3,6-9') }))).toBe(4);
  expect(processors(temporaryFolder())).toBe(availableParallelism());
  expect(usefulThreads(temporaryFolder())).toBe(availableParallelism());
});

test('doctor says how many there are, what may be used, and what is', () => {
  const root = host({
    'proc/self/cgroup': '0::/\n',
    'proc/self/mountinfo': second(),
    [`${group}/cpu.max`]: '150000 100000\n',
  });
  const said = (env: NodeJS.ProcessEnv, where: string) => {
    const { facts } = systemSection(machineFacts(), env, where);
    return [facts.processors, facts['CPU quota'], facts.threads];
  };
  expect(said({}, root)).toEqual([8, '1.5 of 8 processors', 'at most 2: the CPU quota, rounded']);
  expect(said({ OMP_NUM_THREADS: '5' }, root)[2]).toBe('5 (OMP_NUM_THREADS)');
  expect(said({}, host({}))).toEqual([8, 'none', 'at most 8']);
});

const index = new URL('../../dist/index.js', import.meta.url).href;
const cpu = '/sys/fs/cgroup/cpu';
const isWritable = existsSync(`${cpu}/cpu.cfs_quota_us`) && process.getuid?.() === 0;

/** What a program prints that runs in a group with that quota, in ms of 100. */
function underQuota(quota: number, program: string, env: NodeJS.ProcessEnv = {}): unknown {
  const folder = `${cpu}/lenet-torch-${process.pid}`;
  mkdirSync(folder);
  try {
    writeFileSync(`${folder}/cpu.cfs_period_us`, '100000');
    writeFileSync(`${folder}/cpu.cfs_quota_us`, String(quota * 1000));
    const shell = `echo $$ > "${folder}/cgroup.procs"; exec "$0" --input-type=module -e "$1"`;
    const { OMP_NUM_THREADS: _, MKL_NUM_THREADS: __, ...rest } = process.env;
    const { stdout, stderr } = spawnSync('sh', ['-c', shell, process.execPath, program], {
      env: { ...rest, ...env },
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmdirSync(folder);
  }
}

test.skipIf(!isWritable || availableParallelism() < 2)(
  'a real quota is followed, a number of the user is too',
  () => {
    const program = `const torch = await import(${JSON.stringify(index)});
    console.log(JSON.stringify(torch.getNumThreads()));`;
    expect(underQuota(100, program)).toBe(1);
    expect(underQuota(150, program)).toBe(2);
    expect(underQuota(100, program, { OMP_NUM_THREADS: '2' })).toBe(2);
    expect(underQuota(100, program, { MKL_NUM_THREADS: '2' })).toBe(2);
  },
);

test.skipIf(!isWritable || availableParallelism() < 2)(
  'what one thread has set, an import in another leaves',
  () => {
    const program = `import { Worker } from 'node:worker_threads';
    const torch = await import(${JSON.stringify(index)});
    torch.setNumThreads(2);
    const worker = new Worker(\`import(${JSON.stringify(index)}).then(async (torch) =>
      (await import('node:worker_threads')).parentPort.postMessage(torch.getNumThreads()))\`, { eval: true });
    worker.on('message', (count) => console.log(JSON.stringify([count, torch.getNumThreads()])));`;
    expect(underQuota(100, program)).toEqual([2, 2]);
  },
);
