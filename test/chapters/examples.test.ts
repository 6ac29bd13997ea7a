// Each chapter's example really run, by the command that docs/chapters.md gives.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const long = process.env.LENET_TORCH_LONG === '1';

async function example(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['scripts/example.js', ...args], { cwd: root });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

const images = ['--epochs', '1', '--images', '64'];
const text = ['--epochs', '1', '--windows', '64'];
const small: Record<string, readonly string[]> = {
  softmax: images,
  'softmax-scratch': images,
  mlp: images,
  'mlp-scratch': images,
  'weight-decay': ['--epochs', '10'],
  dropout: images,
  'dropout-scratch': images,
  'batch-norm': images,
  'batch-norm-scratch': images,
  augmentation: images,
  'fine-tuning': [...images, '--few', '20'],
  rnn: text,
  'rnn-scratch': text,
  gru: text,
  lstm: text,
};
const large = ['alexnet', 'vgg', 'nin', 'googlenet', 'resnet', 'densenet'];
const few = ['--epochs', '1', '--images', '8'];

const trained =
  /^epoch 1, loss \d+\.\d{4}, train acc [01]\.\d{3}, test acc [01]\.\d{3}, time \d+\.\d sec$/m;
const read =
  /^epoch 1, perplexity (1\d|2\d|3\d)\.\d\d, of unseen text \d+\.\d\d, time .* sec$\n^it has[a-z ]{40}$/m;
const penalised =
  /^by hand, penalty × 0: train loss \S+, test loss \S+, length of w 1\d\.\d{3}$\n^by hand, penalty × 3: /m;

function wanted(name: string): RegExp {
  if (name === 'weight-decay') return penalised;
  return small[name] === text ? read : trained;
}

describe('runs with few images', () => {
  const runs = [
    ...Object.entries(small),
    ...(long ? large.map((name) => [name, few] as const) : []),
  ];
  test.each(runs)(
    '%s',
    async (name, args) => {
      const { code, out, err } = await example(name, ...args);
      expect(err).toBe('');
      expect(out).toMatch(wanted(name));
      expect(code).toBe(0);
    },
    180_000,
  );
});

const chapters = readdirSync(`${root}/examples/chapters`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));

test('every chapter is run here, stands in docs/chapters.md, and says in a sentence what it is', async () => {
  expect([...Object.keys(small), ...large].sort()).toEqual([...chapters].sort());
  const document = readFileSync(`${root}/docs/chapters.md`, 'utf8');
  const { code, out } = await example();
  expect(code).toBe(0);
  for (const name of chapters) {
    expect(document).toMatch(new RegExp(`example -- ${name}(?![\\w-])`));
    expect(out).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
  }
});

test.each([
  [['nothing'], "no example 'nothing'"],
  [['softmax', '--epochs', 'many'], "--epochs: expected an integer from 1, got 'many'"],
  [['softmax', '--image', '7'], "Unknown option '--image'"],
  [['softmax', '7'], 'Unexpected argument'],
])('%j is refused', async (args, message) => {
  const { code, out, err } = await example(...args);
  expect(err).toContain(message);
  expect([code, out]).toEqual([2, '']);
});
