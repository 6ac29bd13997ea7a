// What the GPU's tests share: the built package, data, and programs in processes of their own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const entry = new URL('../../dist/index.js', import.meta.url).href;
export const torch = await import(entry);

if (!torch.cuda.isAvailable()) {
  console.error('these tests need a GPU: node dist/cli/main.js doctor says what is missing');
  process.exit(1);
}

const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
const root = process.env.LENET_TORCH_GPU_DATA;

/** A loader of the first `count` images, scaled to 0–1 or by another transform. */
export function loader(count, options = {}) {
  const { train = true, batchSize = 256, shuffle = false } = options;
  const { transform = new transforms.ToTensor() } = options;
  const all = new FashionMNIST({ train, transform, ...(root && { root }) });
  return new DataLoader(new Subset(all, count), { batchSize, shuffle });
}

/** Parameters as one list of numbers. */
export function values(net) {
  return [...net.parameters()].flatMap((parameter) => [...parameter.data()]);
}

/** The largest difference of two lists. */
export function distance(a, b) {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** Runs a program with `torch` and `loader` in a process of its own. */
export function run(code, { env = {}, kill, timeoutMs = 90_000 } = {}) {
  const here = fileURLToPath(import.meta.url);
  const program = `import { torch, loader } from ${JSON.stringify(here)};\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
    // A signal in the middle of what it does, not before.
    if (kill && stdout.includes('ready')) child.kill(kill);
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  return new Promise((resolve) => {
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout, stderr });
    });
  });
}
