import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findLibtorch, type Libtorch, loadedAlready } from '../../lib/libtorch/find.js';
import '../../lib/native/load.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';

// The package that this test has loaded, and a worker of the same process with another libtorch.
const entry = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const program = `
  const { parentPort } = require('node:worker_threads');
  import(${JSON.stringify(entry)}).then(
    (torch) => parentPort.postMessage({ sum: torch.ones([3]).sum().item() }),
    ({ code, message }) => parentPort.postMessage({ code, message }),
  );`;

function inWorker(folder: string): Promise<{ sum?: number; code?: string; message?: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LENET_TORCH_LIBTORCH: folder };
    const worker = new Worker(program, { eval: true, env });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('a second libtorch in one process', () => {
  const { root } = findLibtorch();
  let folder: string;

  // Only what is looked at, not what is linked to: it must not be opened. Other files than those that are loaded.
  beforeAll(() => {
    folder = temporaryFolder('lenet-torch-second-', afterAll);
    mkdirSync(join(folder, 'lib'));
    for (const name of ['libtorch_cpu.so', 'libc10.so']) {
      copyFileSync(join(root, 'lib', name), join(folder, 'lib', name));
    }
    cpSync(join(root, 'version.py'), join(folder, 'version.py'));
  });

  test('of the same version: the later thread takes the one that is there', async () => {
    expect(await inWorker(folder)).toEqual({ sum: 3 });
  });

  test('of another version: an error says so', async () => {
    const text = readFileSync(join(root, 'version.py'), 'utf8').replace(/'2\.11\.\d+/, "'2.11.99");
    writeFileSync(join(folder, 'version.py'), text);
    const { code, message } = await inWorker(folder);
    expect(code).toBe('ERR_LIBTORCH_LOAD');
    expect(message).toContain('loaded in this process already');
    expect(message).toContain('2.11.99');
  });

  const loaded = join(root, 'lib', 'libtorch_cpu.so');
  const other = (change: Partial<Libtorch>): Libtorch => ({
    ...findLibtorch(),
    root: '/other',
    ...change,
  });
  test('a choice that was recorded meanwhile gives way, whatever its version', () => {
    const wanted = other({ version: '2.9.1+cpu', from: 'choice recorded at setup' });
    expect(loadedAlready(wanted, loaded, ['2.11']).root).toBe(root);
  });
  test('one with CUDA that is named is not replaced by one without', () => {
    const wanted = other({ hasCuda: true, from: 'LENET_TORCH_LIBTORCH' });
    const found = (): Libtorch => loadedAlready(wanted, loaded, ['2.11']);
    if (findLibtorch().hasCuda) expect(found().root).toBe(root);
    else expect(found).toThrow(coded('ERR_LIBTORCH_LOAD', 'already'));
  });
  test('a libtorch that does not fit the package', () => {
    expect(() => loadedAlready(other({}), loaded, ['2.9'])).toThrow(
      coded('ERR_LIBTORCH_LOAD', '2.9'),
    );
  });
});
