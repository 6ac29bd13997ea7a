// What is left of a training that fails.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { run, start, XDG_CACHE_HOME } from './run.js';

vi.setConfig({ testTimeout: 60_000 });
const cwd = temporaryFolder('lenet-failing-', afterAll);
fs.mkdirSync(path.join(cwd, 'node_modules'));
const root = fileURLToPath(new URL('../..', import.meta.url));
fs.symlinkSync(root, path.join(cwd, 'node_modules/lenet-torch'));
const small = ['--limit-train', '512', '--limit-test', '128', '--seed', '0'];

const model = (width: number) => `import { nn } from 'lenet-torch';
export default class extends nn.Module {
  constructor() {
    super();
    this.layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(${width}, 10));
  }
  forward(images) {
    return this.layers.forward(images);
  }
}
`;

test('a network that fails in its first step leaves no run, and its mended one takes the name', () => {
  const file = path.join(cwd, 'net.mjs');
  const train = () => run(['train', '--model', './net.mjs', '--out', 'run', ...small], { cwd });
  fs.writeFileSync(file, model(783));
  expect(train()).toMatchObject({ status: 1, stderr: expect.stringContaining('783') });
  expect(fs.existsSync(path.join(cwd, 'run'))).toBe(false);
  fs.writeFileSync(file, model(784));
  expect(train()).toMatchObject({ status: 0, stderr: '' });
});

test("somebody's files in the folder of a run that fails are left alone", () => {
  fs.writeFileSync(path.join(cwd, 'bad.mjs'), model(12));
  const dir = path.join(cwd, 'mine');
  fs.mkdirSync(dir);
  fs.writeFileSync(path.join(dir, 'notes.txt'), 'mine');
  const args = ['train', '--model', './bad.mjs', '--out', 'mine', ...small];
  expect(run(args, { cwd }).stderr).toMatch(/ERR_RUN_EXISTS/);
  expect(fs.readdirSync(dir)).toEqual(['notes.txt']);
});

const limits = spawnSync('prlimit', ['--version']).status === 0;

test.runIf(limits)(
  'weights that the folder of a run takes no more are kept elsewhere',
  async () => {
    const out = path.join(cwd, 'full');
    const { child, end } = start(['train', '--epochs', '500', '--json', '--out', out, ...small]);
    // From its first epoch on, files of more than 300 KB cannot be written: weights, and no checkpoint.
    child.stdout.on('data', (text: string) => {
      if (text.includes('"epoch"'))
        spawnSync('prlimit', ['--pid', `${child.pid}`, '--fsize=300000']);
    });
    const { status, stderr, stdout } = await end;
    expect([status, stderr]).toEqual([1, expect.stringMatching(/ERR_FILE_WRITE/)]);
    const kept = path.join(XDG_CACHE_HOME, 'lenet-torch', 'last-training.safetensors');
    expect(stderr).toContain(`predict, export and draw: ${kept}\n`);
    const { tensors, metadata } = await torch.loadSafetensors(kept);
    new torch.LeNet().loadStateDict(tensors);
    const epochs = stdout.split('\n').filter((line) => line.includes('"event":"epoch"'));
    expect(metadata.epoch).toBe(`${epochs.length}`);
  },
);
