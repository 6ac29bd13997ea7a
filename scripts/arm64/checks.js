// What is run of the package for 64-bit ARM: each check returns what is wrong, or nothing.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { floor } from '../floor.js';
import { at } from '../stamps.js';
import { binaries, clone, environment, fusedTest, libraries } from './parts.js';
import { emulate } from './tools.js';

const limit = 900_000;
// What features.mjs prints has five digits; processors sum in different orders.
const tolerance = 2e-4;
const features = [
  ...['import', 'eager', 'fused', 'loop', 'predict', 'files', 'onnx', 'draw', 'runs', 'worker'],
  'serve',
];

/**
 * @param node - The emulated Node.js.
 * @returns Checks by name.
 */
export function checks(node) {
  return {
    [`no symbol is newer than ${floor.join(', ')}`]: symbols,
    ...Object.fromEntries(
      features.map((name) => [`${name}, as on this machine`, feature(node, name)]),
    ),
    'doctor finds it healthy, and trains with NEON': doctor(node),
    'an instruction set of another processor is refused': otherSet(node),
    'the engine’s native test': engine,
  };
}

function symbols() {
  const beyond = binaries().flatMap((binary) => binary.beyond);
  return beyond.length > 0 ? beyond.join('; ') : undefined;
}

function engine() {
  const { status, stdout, stderr } = emulate([fusedTest, libraries, 'neon', '--short']);
  return status === 0 && stdout.includes('neon: ok')
    ? undefined
    : `${stdout}${stderr}`.slice(-2000);
}

const emulated = (node, env, ...words) =>
  spawnSync(node, words, {
    cwd: clone,
    env: { ...environment(), ...env },
    encoding: 'utf8',
    timeout: limit,
  });

function feature(node, name) {
  const words = ['--expose-gc', 'scripts/runtimes/features.mjs', name];
  return () => {
    const here = spawnSync(process.execPath, words, { cwd: at('.'), encoding: 'utf8' });
    if (here.status !== 0) return `fails on this machine too: ${here.stderr}`;
    const { status, stdout, stderr } = emulated(node, {}, ...words);
    if (status !== 0) return `exit code ${status}: ${stderr.slice(-2000)}`;
    const same = alike(JSON.parse(stdout), JSON.parse(here.stdout));
    return same ? undefined : `${stdout.trim()}, and here ${here.stdout.trim()}`;
  };
}

// Numbers within the tolerance, all else to the letter.
function alike(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => alike(each, b[index]));
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  }
  return a === b;
}

function doctor(node) {
  return () => {
    const { status, stdout, stderr } = emulated(node, {}, 'dist/cli/main.js', 'doctor');
    const trains = /cpu: works: .*fused engine: the model fits \(neon\)/.test(stdout);
    const healthy = status === 0 && stdout.includes('Verdict: healthy\n') && trains;
    return healthy ? undefined : `${stdout}${stderr}`;
  };
}

function otherSet(node) {
  return () => {
    const words = [path.join('scripts', 'runtimes', 'features.mjs'), 'fused'];
    const { status, stderr } = emulated(node, { LENET_TORCH_ISA: 'avx2' }, ...words);
    const said = "LENET_TORCH_ISA: expected neon or nothing, got 'avx2'";
    return status === 1 && stderr.includes(said) ? undefined : `exit code ${status}: ${stderr}`;
  };
}
