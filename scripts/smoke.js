// `npm run smoke [-- --fetch] [-- --tarball FILE …]`: makes the packages, installs them as a user would, into an
// empty folder, with scripts disabled and with a HOME and caches of its own, and uses them. libtorch and the data set are
// those of this machine; with --fetch they are downloaded.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { readArguments } from './arguments.js';
import { packAll, sizesOf } from './packages.js';
import { prebuilds, prebuildsProblem } from './prebuilds.js';
import { setup } from './setup.js';
import { at } from './stamps.js';

/**
 * @param options.fetch - Download libtorch and the data set, instead of using this machine's.
 * @param options.tarball - Packages that are there already, `lenet-torch` first.
 * @throws {Error} At the first thing that a user would stumble on.
 */
export async function smoke({ fetch = false, tarball, say = console.error } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch smoke é '));
  const step = async (name, work) => {
    const before = performance.now();
    await work();
    say(`smoke: ${name} (${((performance.now() - before) / 1000).toFixed(1)} s)`);
  };
  try {
    await setup();
    let files = tarball;
    if (files === undefined) {
      await step(
        'packed',
        async () => (files = (await pack(folder, { say })).map(({ file }) => file)),
      );
    }
    await step('publint and attw have nothing to say', () => lintPackage(files[0]));
    const user = await makeUser(folder, fetch);
    await step('installed', () => install(user, files));
    await step(`${fetch ? 'fetched and ' : ''}trained, by npx`, () => trainByNpx(user));
    await step('imported and trained, as an ECMAScript module', () => runProgram(user, 'api.mjs'));
    await step('imported, in CommonJS', () => runProgram(user, 'commonjs.cjs'));
    await step('compiled, in strict TypeScript', () => compile(user));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Packs `lenet-torch` and this platform's package, as {@link packAll}. An addon for the machine's own libtorch will do.
 * @param hollow - Other platforms, whose packages are made without binaries.
 */
export async function pack(folder, { say = () => {}, hollow = [] } = {}) {
  const { releases } = await import('../dist/libtorch/version.js');
  const platform = `${process.platform}-${process.arch}`;
  if (prebuildsProblem(platform, Object.keys(releases))) await prebuilds();
  const packed = packAll(folder, [platform, ...hollow], hollow);
  for (const line of sizesOf(packed)) say(line);
  return packed;
}

async function lintPackage(tarball) {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const bytes = fs.readFileSync(tarball);
  const pack = { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
  const { messages, pkg } = await publint({ pack, strict: true });
  if (messages.length > 0) {
    throw new Error(
      `publint: ${messages.map((message) => formatMessage(message, pkg)).join('; ')}`,
    );
  }
  const attw = at('node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-emoji']);
}

/** A user with nothing: how to start programs in an empty folder, with an empty HOME. */
export async function makeUser(folder, fetch) {
  const at = (name) => path.join(folder, name);
  for (const name of ['home', 'cache', 'npm', 'project']) fs.mkdirSync(at(name));
  const env = { ...process.env, HOME: at('home'), XDG_CACHE_HOME: at('cache'), CI: 'true' };
  // What `npm run` sets describes this clone.
  for (const name of Object.keys(env)) {
    if (/^(npm_|LENET_TORCH_|PREBUILDS_ONLY|NODE_OPTIONS$|INIT_CWD$)/.test(name)) delete env[name];
  }
  const libtorch = process.env.LENET_TORCH_LIBTORCH;
  if (libtorch && !fetch) env.LENET_TORCH_LIBTORCH = libtorch;
  // Where packages come from is the machine's matter, and a new HOME must not hide it.
  env.npm_config_userconfig = run('npm', ['config', 'get', 'userconfig']).trim();
  env.npm_config_globalconfig = run('npm', ['config', 'get', 'globalconfig']).trim();
  env.npm_config_cache = at('npm');
  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  });
  if (python.status === 0) {
    // Not the script of a version manager, which looks into HOME for the real one.
    env.PATH = `${path.dirname(python.stdout.trim())}${path.delimiter}${env.PATH}`;
    const pip = path.join(os.homedir(), '.config', 'pip', 'pip.conf');
    if (!env.PIP_CONFIG_FILE && fs.existsSync(pip)) env.PIP_CONFIG_FILE = pip;
  }
  if (!fetch) await lendCache(env);
  return { project: at('project'), env };
}

// The machine's libtorch and data set, as if setup had brought them.
async function lendCache(env) {
  const { cacheDir } = await import('../dist/libtorch/cache.js');
  fs.mkdirSync(cacheDir(env), { recursive: true });
  for (const name of ['libtorch', 'datasets', 'libtorch-choice.json']) {
    const from = path.join(cacheDir(), name);
    if (fs.existsSync(from)) fs.symlinkSync(from, path.join(cacheDir(env), name));
  }
}

function install({ project, env }, tarballs) {
  const manifest = { name: 'project-of-a-user', private: true };
  fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest));
  // With Node's types beside it, as TypeScript programs for Node have them.
  const args = ['install', '--ignore-scripts', '--no-audit', ...tarballs, '@types/node@20'];
  run('npm', args, { cwd: project, env });
}

function trainByNpx({ project, env }) {
  const args = ['lenet-torch', 'train', '--yes', '--epochs', '1', '--seed', '0'];
  args.push('--limit-train', '6000', '--limit-test', '1000');
  const output = run('npx', ['--no', '--', ...args], { cwd: project, env });
  if (!/^epoch 1, loss 2\.\d+, train acc 0\.\d+, test acc 0\.\d+, time .*\n$/m.test(output)) {
    throw new Error(`train printed: ${output}`);
  }
}

function runProgram({ project, env }, name) {
  fs.copyFileSync(at('scripts', 'smoke', name), path.join(project, name));
  run(process.execPath, [name], { cwd: project, env });
}

// skipLibCheck is off: every declaration of the package is checked too, against Node's own types.
function compile({ project, env }) {
  const strict = {
    ...{ strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true },
    ...{ noUncheckedIndexedAccess: true, noImplicitOverride: true, verbatimModuleSyntax: true },
    ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], types: [] },
  };
  fs.copyFileSync(at('scripts', 'smoke', 'strict.ts'), path.join(project, 'strict.mts'));
  for (const [module, moduleResolution] of [
    ['node16', 'node16'],
    ['preserve', 'bundler'],
  ]) {
    const compilerOptions = { ...strict, module, moduleResolution };
    const config = path.join(project, 'tsconfig.json');
    fs.writeFileSync(config, JSON.stringify({ compilerOptions, files: ['strict.mts'] }));
    const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [tsc, '-p', config], { cwd: project, env });
  }
}

function run(command, args, options = {}) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', ...options });
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message;
    throw new Error(`${[path.basename(command), ...args].join(' ')}\n${output}`);
  }
}

if (process.argv[1] === at('scripts', 'smoke.js')) {
  const usage = 'npm run smoke [-- --fetch] [-- --tarball FILE …]';
  const options = { fetch: { type: 'boolean' }, tarball: { type: 'string', multiple: true } };
  const given = readArguments(usage, options);
  try {
    await smoke(given);
  } catch (error) {
    console.error(`smoke: ${error.message}`);
    process.exit(1);
  }
}
