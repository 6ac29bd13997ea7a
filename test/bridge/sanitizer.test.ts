import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findLibtorch } from '../../lib/libtorch/find.js';
import { runRanks } from '../distributed/ranks.js';
import { temporaryFolder } from '../folder.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const long = process.env.LENET_TORCH_LONG === '1';

// The long tier: the bridge under AddressSanitizer, in a copy of the package of its own.
describe.runIf(long)('AddressSanitizer', () => {
  const copy = long ? temporaryFolder('lenet-torch-asan-', afterAll) : '';
  const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();

  beforeAll(() => {
    const tests = ['test/bridge', 'test/distributed'];
    for (const part of ['dist', 'native', 'package.json', 'CMakeLists.txt', ...tests]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const cmakeJs = join(root, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
    const definitions = ['--CDLENET_TORCH_SANITIZE=address', `--CDLIBTORCH=${findLibtorch().root}`];
    for (const target of ['lenet_torch', 'loader']) {
      const args = [cmakeJs, 'compile', '--target', target, ...definitions];
      execFileSync(process.execPath, args, { cwd: copy, stdio: 'pipe' });
    }
  }, 1_200_000);

  const sanitized = {
    LD_PRELOAD: runtime,
    // Node and V8 keep memory until the end on purpose, and install handlers of their own. Random
    // arguments ask for tensors as large as the machine.
    ASAN_OPTIONS:
      'detect_leaks=0:allocator_may_return_null=1:handle_segv=0:max_allocation_size_mb=8000',
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
      timeout: 600_000,
      env: { ...process.env, ...sanitized },
    });

  // Not its warning that a tensor of 2^56 bytes could not be had, which libtorch then reports.
  const finding = 'ERROR: AddressSanitizer';

  test.each([11, 12])('random arguments (seed %i)', (seed) => {
    const { status, stderr } = run(
      'test/bridge/fuzz.child.mjs',
      `${seed}`,
      '60',
      join(copy, 'log'),
    );
    expect(stderr).not.toContain(finding);
    expect(status, stderr.slice(-2000)).toBe(0);
  });

  test.each<[string, string]>([
    ['collectives.child.mjs', ''],
    ['parallelFaults.child.mjs', 'dead'],
    ['parallelFaults.child.mjs', 'deadInJoin'],
    ['parallelFaults.child.mjs', 'deadBefore'],
    ['parallelFaults.child.mjs', 'early'],
    ['parallelFaults.child.mjs', 'inWorker'],
    ['parallelFaults.child.mjs', 'terminated'],
    ['parallelFaults.child.mjs', 'exit'],
  ])('ranks of a group: %s %s', async (file, MODE) => {
    const beside = pathToFileURL(join(copy, 'test', 'distributed', file));
    const ends = await runRanks(2, file, { ...sanitized, MODE }, beside);
    for (const { status, signal, stderr } of ends) {
      expect(stderr).not.toContain(finding);
      // Those that are killed are so by themselves, and a fault that is found is told with 3.
      expect([0, 3, 7, 'SIGKILL'], stderr.slice(-2000)).toContain(status ?? signal);
    }
  });

  test('tensors that are held and dropped', () => {
    const { status, stderr } = run('test/bridge/held.child.mjs', '13', '30000');
    expect(stderr).not.toContain(finding);
    expect(status, stderr.slice(-2000)).toBe(0);
  });

  test('workers, one after another, one ended in the middle', () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      const file = new URL('test/bridge/worker.child.mjs', 'file://${copy}/');
      for (const work of ['import', 'train', 'forever', 'train']) {
        const worker = new Worker(file, { workerData: { work }, execArgv: [] });
        // A worker that ends at once may be seen to have ended together with its message.
        const exit = new Promise((resolve) => worker.once('exit', resolve));
        await new Promise((resolve) => worker.once('message', resolve));
        if (work === 'forever') await worker.terminate();
        else await exit;
      }`;
    const { status, stderr } = run('--input-type=module', '-e', program);
    expect(stderr).not.toContain(finding);
    expect(status, stderr.slice(-2000)).toBe(0);
  });
});
