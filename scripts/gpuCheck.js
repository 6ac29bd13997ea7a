// `scripts/gpu-check`: tests and benchmark on a machine with an NVIDIA GPU, without network: ends
// with a table and a JSON file. `--pack FILE.tar.xz` makes an archive to carry there. docs/gpu.md.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { at, root } from './stamps.js';

const python = process.env.PYTHON ?? 'python3';
const started = Date.now();
// The whole check takes at most 8 minutes; what does not fit is left out, and said so.
const secondsLeft = () => 480 - (Date.now() - started) / 1000;

const usage = 'usage: scripts/gpu-check [REPORT.json] | scripts/gpu-check --pack [ARCHIVE.tar.xz]';
const { packs, file } = readArguments();
if (packs) {
  const { pack } = await import('./gpuPack.js');
  await pack(file ?? path.resolve('gpu-check.tar.xz'));
} else {
  await check(file ?? path.resolve('gpu-check.json'));
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { pack: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(usage);
      process.exit();
    }
    const [name, ...rest] = positionals;
    if (rest.length > 0) throw new Error(`expected one file, got ${positionals.join(' ')}`);
    return { packs: values.pack === true, file: name && path.resolve(name) };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

async function check(report) {
  findLibtorch();
  await findData();
  const about = aboutMachine();
  console.log(Object.values(about).join(', '));
  const tests = await runTests();
  const bench = await runBench();
  print(tests, bench);
  fs.writeFileSync(report, `${JSON.stringify({ ...about, tests, bench }, null, 2)}\n`);
  console.log(`\n${report}, ${Math.round((Date.now() - started) / 1000)} s`);
  const failed = tests.reduce((sum, { failed }) => sum + failed, 0);
  console.log(`${tests.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

// Python's torch, where nothing else was named: its wheels have NVIDIA's libraries beside them.
function findLibtorch() {
  if (process.env.LENET_TORCH_LIBTORCH) return;
  const code = 'import torch, os; print(os.path.dirname(torch.__file__))';
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  if (status === 0) process.env.LENET_TORCH_LIBTORCH = stdout.trim();
}

async function findData() {
  if (process.env.LENET_TORCH_GPU_DATA) return;
  const packed = at('data');
  const { dataFolder } = await import('./gpuPack.js');
  const folder = fs.existsSync(packed) ? packed : await dataFolder().catch(() => undefined);
  if (folder) process.env.LENET_TORCH_GPU_DATA = folder;
}

function node(given) {
  return spawnSync(process.execPath, given, { cwd: root, encoding: 'utf8' });
}

function aboutMachine() {
  const code = `import * as torch from './dist/index.js';
    if (!torch.cuda.isAvailable()) torch.zeros([1], { device: 'cuda' });
    const { name, major, minor, totalMemory } = torch.cuda.getDeviceProperties(0);
    console.log(JSON.stringify({ gpu: name, capability: major + '.' + minor,
      memory: Math.round(totalMemory / 2 ** 30) + ' GiB', libtorch: torch.libtorchVersion }));`;
  const { status, stdout, stderr } = node(['--input-type=module', '-e', code]);
  if (status !== 0) {
    console.error(/^TorchError: (.*)/m.exec(stderr)?.[1] ?? stderr);
    process.exit(1);
  }
  return { ...JSON.parse(stdout), node: process.version };
}

async function runTests() {
  const results = [];
  for (const file of fs.readdirSync(at('test', 'gpu')).sort()) {
    if (!file.endsWith('.gpu.mjs')) continue;
    const given = ['--test', '--test-reporter=tap', at('test', 'gpu', file)];
    const { output } = await run(process.execPath, given, Math.min(300, secondsLeft() - 60));
    const count = (name) => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
    const passed = count('pass');
    // A file that did not end has no sums.
    const failed = passed + count('fail') === 0 ? 1 : count('fail') + count('cancelled');
    results.push({ file, passed, failed, skipped: count('skipped') });
    console.log(`${file}: ${passed} passed, ${failed} failed, ${count('skipped')} skipped`);
    if (failed > 0) console.log(output);
  }
  return results;
}

async function runBench() {
  const results = [];
  const contenders = [
    [process.execPath, 'ours.mjs', 'graph', '30'],
    [process.execPath, 'ours.mjs', 'eager', '8'],
    [python, 'peer.py', 'graph', '30'],
    [python, 'peer.py', 'resident', '8'],
    [python, 'peer.py', 'compile', '8'],
    [python, 'peer.py', 'notebook', '3'],
  ];
  for (const [command, script, ...given] of contenders) {
    const name = `${script} ${given[0]}`;
    if (secondsLeft() < 20) {
      results.push({ name, problem: 'no time left' });
      continue;
    }
    const { output, status } = await run(
      command,
      [at('bench', 'gpu', script), ...given],
      Math.min(120, secondsLeft()),
    );
    const line = output.split('\n').findLast((each) => each.startsWith('{'));
    results.push(
      status === 0 && line ? JSON.parse(line) : { name, problem: output.trim().split('\n').at(-1) },
    );
  }
  return results;
}

// Ends the program's whole group when its time is up.
function run(command, given, seconds) {
  return new Promise((resolve) => {
    const child = spawn(command, given, { cwd: root, detached: true });
    let output = '';
    const add = (text) => {
      output += text;
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    const timer = setTimeout(() => {
      add(`\nstopped after ${Math.round(seconds)} s`);
      process.kill(-child.pid, 'SIGKILL');
    }, seconds * 1000);
    child.once('error', (error) => add(error.message));
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}

function print(tests, bench) {
  console.log('\n| tests | passed | failed | skipped |\n|---|---|---|---|');
  for (const { file, passed, failed, skipped } of tests) {
    console.log(`| ${file} | ${passed} | ${failed} | ${skipped} |`);
  }
  console.log(
    '\n| one epoch of 60,000 images, batch 256 | ms | loss | train acc |\n|---|---|---|---|',
  );
  for (const { name, msPerEpoch, loss, trainAcc, problem } of bench) {
    const figures = problem
      ? [problem, '', '']
      : [msPerEpoch.toFixed(1), loss.toFixed(3), trainAcc.toFixed(3)];
    console.log(`| ${[name, ...figures].join(' | ')} |`);
  }
}
