// Files in both directions: Python's, read here, and ours, which Python has read.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { recorded } from '../recorded.js';
import { type Exactly, exactly } from './exactly.js';

interface Recorded {
  tensors: { dict: [string, Exactly][] };
  saved: { dict: [string, Exactly][] };
  written: Record<string, { sha256: string; value: Exactly }>;
}
const reference = recorded<Recorded>('files');

const folder = temporaryFolder('lenet-torch-files-', afterAll);
const python = (name: string): string =>
  fileURLToPath(new URL(`../reference/files/${name}`, import.meta.url));
const byKey = (a: [string, unknown], b: [string, unknown]): number => (a[0] < b[0] ? -1 : 1);

test("Python's safetensors gives the same bytes in the same tensors, and the same file again", async () => {
  const { tensors, metadata } = await torch.loadSafetensors(python('tensors.safetensors'));
  expect(metadata).toEqual({ 'made by': 'safetensors "0.8"' });
  const found = Object.entries(tensors).map(([name, each]): [string, Exactly] => [
    name,
    exactly(each),
  ]);
  expect(found.sort(byKey)).toEqual([...reference.tensors.dict].sort(byKey));
  expect(found.length).toBeGreaterThan(18);
  const again = join(folder, 'again.safetensors');
  await torch.saveSafetensors(tensors, again, { metadata });
  expect(readFileSync(again).equals(readFileSync(python('tensors.safetensors')))).toBe(true);
  expect(await torch.load(python('none.safetensors'))).toEqual({});
});

test.each(reference.saved.dict)("torch.save's %s.pt gives the same data", async (name, wanted) => {
  expect(exactly(await torch.load(python(`${name}.pt`)))).toEqual(wanted);
});

test('tensors of one storage share it', async () => {
  const [part, even, turned, base] = await torch.load<torch.Tensor[]>(python('views.pt'));
  base?.fill_(7);
  expect([part, even, turned].map((each) => each?.sum().item())).toEqual([21, 35, 70]);
  expect(turned?.strides).toEqual([1, 5]);
});

test("Python's own optimizer state and state dict have the structure that JavaScript expects", async () => {
  const state = await torch.load(python('state.pt'));
  const net = new torch.nn.Sequential(new torch.nn.Linear(2, 3));
  const linear = Object.fromEntries(Object.entries(state).filter(([key]) => key.startsWith('0.')));
  expect(net.loadStateDict(linear)).toEqual({ missingKeys: [], unexpectedKeys: [] });
  // biome-ignore lint/suspicious/noExplicitAny: the structure is what is tested
  const optimizer = await torch.load<any>(python('optimizer.pt'));
  expect(optimizer.state.get(0).exp_avg.shape).toEqual([3, 2]);
  expect(optimizer.param_groups[0].betas).toEqual([0.9, 0.999]);
});

test('nothing but data is loaded, and nothing executed', async () => {
  const refused = { code: 'ERR_PICKLE_GLOBAL' };
  await expect(torch.load(python('class.pt'))).rejects.toMatchObject(refused);
  await expect(torch.load(python('class.pt'))).rejects.toThrow("'__main__.Unknown'");
  await expect(torch.load(python('function.pt'))).rejects.toThrow("'posix.system'");
  expect(readdirSync('.')).not.toContain('executed');
  await expect(torch.load(python('old.pt'))).rejects.toThrow('the format of PyTorch before 1.6');
});

test('our files are those that Python has opened, and come back here', async () => {
  const script = fileURLToPath(new URL('save.child.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  for (const [name, { sha256, value }] of Object.entries(reference.written)) {
    const path = join(folder, name);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect([name, digest]).toEqual([name, sha256]);
    const found = exactly(await torch.load(path)) as { dict: [string, Exactly][] };
    const wanted = value as typeof found;
    if (name.endsWith('.safetensors')) for (const each of [found, wanted]) each.dict.sort(byKey);
    expect(withoutGrad(found)).toEqual(withoutGrad(wanted));
  }
});

const long = process.env.LENET_TORCH_LONG === '1';
const hasTorch =
  long &&
  spawnSync('python3', ['-c', 'import torch, safetensors'], { stdio: 'ignore' }).status === 0;

// In the long tier, where python3 has torch and safetensors.
test.runIf(hasTorch)('the example gives the same logits on both sides', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const example = () =>
    spawnSync(process.execPath, ['scripts/example.js', 'interop', folder], {
      cwd: root,
      encoding: 'utf8',
    });
  expect(example().status).toBe(0);
  const opened = spawnSync('python3', ['examples/interop.py', folder], { cwd: root });
  expect([opened.status, String(opened.stderr)]).toEqual([0, '']);
  const [, difference] = /differ by at most (\S+)/.exec(example().stdout) ?? [];
  expect(Number(difference)).toBeLessThan(1e-5);
});

// A safetensors file does not say which tensors want gradients.
function withoutGrad(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'grad' ? undefined : each)));
}
