// A network of one's own, in a file, by every command.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { run, start } from './run.js';

vi.setConfig({ testTimeout: 60_000 });
const root = fileURLToPath(new URL('../..', import.meta.url));
const cwd = temporaryFolder('lenet-own-', afterAll);
fs.mkdirSync(path.join(cwd, 'node_modules'));
fs.symlinkSync(root, path.join(cwd, 'node_modules/lenet-torch'));
const write = (name: string, text: string) => fs.writeFileSync(path.join(cwd, name), text);
write(
  'net.mjs',
  `import { nn } from 'lenet-torch';
export default class Small extends nn.Module {
  constructor() {
    super();
    this.layers = new nn.Sequential(new nn.Conv2d(1, 3, 5), new nn.ReLU(), new nn.Flatten(), new nn.Linear(3 * 24 * 24, 10));
  }
  forward(images) {
    return this.layers.forward(images);
  }
}
`,
);
const names = Array.from({ length: 10 }, (_, i) => `kind ${i}`);
write('names.txt', `${names.join('\n')}\n`);
write('names.json', JSON.stringify(names));
write('few.txt', 'one\ntwo\n');
write('image.raw', '\x07'.repeat(784));

const own = (...args: string[]) => run(args, { cwd });
const model = ['--model', './net.mjs'];
const weights = ['--weights', 'small'];

test('it is trained, and its run goes on from elsewhere', () => {
  const limits = ['--limit-train', '256', '--limit-test', '256', '--seed', '1'];
  const trained = own('train', ...model, '--epochs', '1', '--out', 'small', ...limits);
  expect([trained.status, trained.stderr]).toEqual([0, '']);
  const resumed = run(['train', '--resume', path.join(cwd, 'small'), '--epochs', '2']);
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(resumed.stdout).toMatch(/epoch 2, /);
});

test('it is evaluated, and predicts, with its own classes', () => {
  const report = JSON.parse(
    own('evaluate', ...model, ...weights, '--classes', 'names.json', '--json').stdout,
  );
  expect(report.classes.map(({ name }: { name: string }) => name)).toEqual(names);
  const said = own('predict', ...model, ...weights, '--classes', 'names.txt', 'image.raw').stdout;
  expect(said).toMatch(/^image\.raw: kind \d [\d.]+%, kind \d [\d.]+%, kind \d [\d.]+%\n$/);
  const usual = own('predict', ...model, ...weights, 'image.raw').stdout;
  expect(usual).not.toContain('kind');
});

test('it is exported, counted and drawn', () => {
  const exported = own('export', ...model, ...weights, '--to', 'onnx', 'small.onnx');
  expect(exported.stderr).toContain('wrote small.onnx (small, onnx');
  expect(own('summary', ...model).stdout).toMatch(/conv2d/i);
  for (const picture of [['architecture'], ['filters'], ['features', 'image.raw'], ['confusion']]) {
    const drawn = own('draw', ...picture, ...model, ...weights);
    expect([drawn.status, drawn.stdout.slice(0, 4)]).toEqual([0, '<svg']);
  }
});

test('it is served by the name of its class', async () => {
  const { child, said, end } = start(
    [
      'serve',
      '--port',
      '0',
      '--model',
      path.join(cwd, 'net.mjs'),
      '--weights',
      path.join(cwd, 'small'),
    ].concat('--classes', path.join(cwd, 'names.txt')),
  );
  const address = () => /http:\/\/[\d.]+:\d+/.exec(said.stderr)?.[0];
  await vi.waitFor(() => expect(address(), said.stderr).toBeDefined(), { timeout: 30_000 });
  const reply = await fetch(`${address()}/predict?top_k=10`, {
    method: 'POST',
    body: new Uint8Array(784),
  });
  const classes = (await reply.json()) as { label: string }[];
  expect(classes.map(({ label }) => label).sort()).toEqual(names);
  expect((await fetch(`${address()}/v2/models/small/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await end).status).toBe(0);
});

test('its run is looked at, with its own classes', async () => {
  const { child, said, end } = start(
    ['live', path.join(cwd, 'small'), '--model', path.join(cwd, 'net.mjs')].concat(
      '--classes',
      path.join(cwd, 'names.json'),
    ),
  );
  const address = () => /http:\/\/[\d.]+:\d+/.exec(said.stderr)?.[0];
  await vi.waitFor(() => expect(address(), said.stderr).toBeDefined(), { timeout: 30_000 });
  const reply = await fetch(`${address()}/api/features?image=0`, { method: 'POST' });
  const { stages, scores } = (await reply.json()) as {
    stages: { shape: number[] }[];
    scores: { label: string }[];
  };
  expect(stages.map(({ shape }) => shape)).toContainEqual([3, 24, 24]);
  expect(scores.map(({ label }) => label)).toEqual(names);
  child.kill('SIGINT');
  expect((await end).status).toBe(0);
});

test('what it is not is said', () => {
  write('text.mjs', 'not a script');
  write('thrown.mjs', '\nthrow new Error("of its own")');
  write(
    'width.mjs',
    `import { nn } from 'lenet-torch';
export default class Wide extends nn.Module {
  constructor(width) {
    super();
    this.fc = new nn.Linear(784, width.outputs);
  }
}
`,
  );
  write('other.mjs', 'export default class Other {}');
  const failure = (...args: string[]) => {
    const { status, stderr } = own(...args);
    return [status, stderr];
  };
  expect(failure('summary', '--model', './none.mjs')).toEqual([
    1,
    expect.stringContaining('ERR_FILE_NOT_FOUND: ./none.mjs does not exist'),
  ]);
  expect(failure('summary', '--model', './text.mjs')).toEqual([
    1,
    expect.stringContaining('ERR_FILE_FORMAT: ./text.mjs: it cannot be imported'),
  ]);
  expect(failure('summary', '--model', './other.mjs')).toEqual([
    1,
    expect.stringContaining('expected a class that extends nn.Module as its default export'),
  ]);
  expect(failure('summary', '--model', './thrown.mjs')).toEqual([
    1,
    'lenet-torch: ERR_FILE_FORMAT: ./thrown.mjs: it cannot be imported: of its own (line 2)\n',
  ]);
  expect(failure('summary', '--model', './')).toEqual([
    1,
    'lenet-torch: ERR_FILE_FORMAT: ./: expected a file, found a folder\n',
  ]);
  for (const command of [['summary'], ['live', 'small']]) {
    expect(failure(...command, '--model', './width.mjs')).toEqual([
      1,
      expect.stringMatching(
        /ERR_FILE_FORMAT: .*: a Wide cannot be made without arguments: .* \(line 5\)/,
      ),
    ]);
  }
  expect(failure('live', 'small', '--model', 'lenet')).toEqual([
    2,
    expect.stringContaining('Expected a file such as ./net.js'),
  ]);
  expect(failure('summary', '--model', 'lenet6')).toEqual([2, expect.stringContaining('lenet5')]);
  expect(failure('summary', ...model, '--squash', 'tanh')).toEqual([
    2,
    expect.stringContaining('--squash goes with --model lenet5'),
  ]);
  expect(failure('evaluate', ...weights)).toEqual([
    1,
    expect.stringContaining('found those of "small"; --model FILE names the file of its class'),
  ]);
  expect(failure('evaluate', '--model', 'lenet', ...weights)[0]).toBe(1);
  expect(failure('predict', ...model, ...weights, '--classes', 'few.txt', 'image.raw')).toEqual([
    1,
    expect.stringContaining('--classes: expected 10 names, one for each output, found 2'),
  ]);
  expect(failure('predict', ...model, ...weights, '--classes', 'none.txt', 'image.raw')).toEqual([
    1,
    expect.stringContaining('ERR_FILE_NOT_FOUND'),
  ]);
});
