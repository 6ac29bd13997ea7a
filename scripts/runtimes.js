// `node scripts/runtimes.js [RUNTIME …]`: what works in which runtime, as a table in Markdown; reasons on stderr, and exit
// code 1 where something does not that should. Each feature prints the same everywhere as in the Node.js that runs this.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { readArguments } from './arguments.js';
import { commandOf, runtimes } from './runtimes/get.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const features = at('runtimes/features.mjs');
// Against hanging: a busy machine takes its time.
const limit = 300_000;

const run = ({ file, args }, ...rest) => {
  const { status, signal, stdout, stderr } = spawnSync(file, [...args, ...rest], {
    encoding: 'utf8',
    timeout: limit,
  });
  return { status, signal, stdout, why: stderr.trim().split('\n').slice(-3).join(' ') };
};

const printed = (...args) => {
  const here = run({ file: process.execPath, args: ['--expose-gc'] }, ...args);
  if (here.status !== 0) throw new Error(`${args.at(-1)} fails here: ${here.why}`);
  return (command) => {
    const { status, stdout, why } = run(command, ...args);
    if (status !== 0) return `exit code ${status}: ${why}`;
    return stdout === here.stdout ? undefined : `prints ${stdout}`;
  };
};

// Bun's scopes leave to the collector what others release at once: that many are late there.
function turns(command) {
  const { status, stdout, why } = run(command, at('../test/process/stretches.child.mjs'));
  if (status !== 0) return why;
  const { early, left } = JSON.parse(stdout);
  return early.length === 0 && left === 0 ? undefined : stdout;
}

function failure(command) {
  const { status, signal, why } = run(command, features, 'failure');
  return status === 1 && why !== '' ? undefined : `exit code ${status}, signal ${signal}`;
}

async function interrupt({ file, args }) {
  const child = spawn(file, [...args, features, 'interrupt'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  child.stdout.once('data', () => child.kill('SIGINT'));
  const [status, signal] = await ended;
  clearTimeout(timer);
  const isInterrupt = signal === 'SIGINT' || status === 130;
  return isInterrupt ? undefined : `exit code ${status}, signal ${signal}`;
}

function required(command) {
  const script = at('runtimes/required.cjs');
  const { status, stdout, why } = run(command, script);
  return status === 0 && stdout.trim() === 'LeNet' ? undefined : why || stdout;
}

const rows = {
  import: () => printed(features, 'import'),
  require: () => required,
  'train, eager': () => printed(features, 'eager'),
  'train, fused': () => printed(features, 'fused'),
  'a loop by hand': () => printed(features, 'loop'),
  predict: () => printed(features, 'predict'),
  'save and load': () => printed(features, 'files'),
  exportOnnx: () => printed(features, 'onnx'),
  'draw, SVG and PNG': () => printed(features, 'draw'),
  'runs, resumed': () => printed(features, 'runs'),
  'serve, by Request': () => printed(features, 'serve'),
  'a hundred tasks, no tensor released early': () => turns,
  'worker, ended while it trains': () => printed(features, 'worker'),
  'command line': () => printed(at('../dist/cli/main.js'), 'summary', '--json'),
  'exit code after an error while training': () => failure,
  'Ctrl-C while training': () => interrupt,
};

// What is the runtime's own, whatever runs in it.
const own = {
  'Bun: exit code after an error while training':
    "Bun's own: it goes on, and ends with 1 when all is done",
};

const { chosen } = readArguments(
  'node scripts/runtimes.js [NAME …]',
  {},
  runtimes.map(({ name }) => name),
);
const wanted = runtimes.filter(({ name }) => chosen.includes(name));
const found = wanted.flatMap((runtime) => {
  const command = commandOf(runtime);
  return command ? [{ ...runtime, ...command }] : [];
});
// A table without them would say that all is well.
const missing = wanted.filter(({ name }) => !found.some((each) => each.name === name));
if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(', ');
  console.error(`runtimes: ${names}: not to be had on this machine`);
  process.exitCode = 1;
}
if (found.length === 0) process.exit();
const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
line(['', ...found.map(({ name, version }) => `${name.split(' ')[0]} ${version}`)]);
line(['---', ...found.map(() => '---')]);
for (const [row, make] of Object.entries(rows)) {
  const check = make();
  const cells = [];
  for (const command of found) {
    const problem = await check(command);
    const reason = own[`${command.name}: ${row}`];
    cells.push(problem === undefined ? '✓' : (reason ?? '✗'));
    if (problem === undefined || reason !== undefined) continue;
    console.error(`${command.name}: ${row}: ${problem}`);
    process.exitCode = 1;
  }
  line([row, ...cells]);
}
