// Brings a fresh clone to where it can train: packages, dist/, libtorch and data, the addon.
// Nothing is installed when this starts, so it uses Node alone. Steps that are done are skipped:
// a run with nothing to do reads the sources, stats a few files and starts no process.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

import { checkTools, cmakeJs, prepareFolder } from './compiler.js';
import { cudaHeaders, fetchCudaHeaders } from './cudaHeaders.js';
import { at, filesBelow, hash, nativeSources, readStamps, root, writeStamps } from './stamps.js';

const unfinished = at('build', '.unfinished');

/**
 * Sets up what is missing, one process at a time per clone; says so on stderr.
 * @throws {Error} With one sentence that says what to do; `exitCode` is the exit code to use.
 */
export async function setup() {
  if (await isReady()) return;
  await withLock(async (lock) => {
    if (!packagesReady()) await installPackages(lock);
    const sources = sourcesHash();
    if (!distReady(sources)) await compileTypeScript(lock, sources);
    if (!(await findAddonInputs())) {
      // Before 544 MB are downloaded for a compiler that is not there.
      checkTools();
      say('libtorch and data set');
      const args = ['dist/cli/main.js', 'setup', '--yes', '--headers'];
      await run(lock, process.execPath, args, 'lenet-torch setup failed');
    }
    const libtorch = await findAddonInputs();
    if (!libtorch) throw new Error('libtorch or the data set changed during setup: run it again');
    if (!addonReady(await addonHash(libtorch))) await compileAddon(lock, libtorch);
  });
}

/** Compiles what is stale in dist/, and nothing else. */
export async function setupDist() {
  const sources = sourcesHash();
  if (packagesReady() && distReady(sources)) return;
  await withLock(async (lock) => {
    if (!packagesReady()) await installPackages(lock);
    if (!distReady(sources)) await compileTypeScript(lock, sources);
  });
}

async function isReady() {
  if (!packagesReady() || !distReady(sourcesHash())) return false;
  const libtorch = await findAddonInputs();
  return Boolean(libtorch) && addonReady(await addonHash(libtorch));
}

// npm writes this file last, so an interrupted install does not have it.
function packagesReady() {
  const installed = mtime(at('node_modules', '.package-lock.json'));
  return installed !== undefined && installed >= mtime(at('package-lock.json'));
}

async function installPackages(lock) {
  say('installing packages (npm ci --ignore-scripts)');
  await run(lock, 'npm', ['ci', '--ignore-scripts'], 'npm ci failed: check the network and npm');
}

function sourcesHash() {
  const makers = ['build.js', 'bundle.js', 'page.js'].map((name) => at('scripts', name));
  return hash([at('tsconfig.json'), ...makers, ...filesBelow(at('lib'))]);
}

function distReady(sources) {
  return readStamps().dist === sources && fs.existsSync(at('dist', 'cli', 'main.js'));
}

async function compileTypeScript(lock, sources) {
  say('compiling TypeScript');
  await run(lock, process.execPath, [at('scripts', 'build.js')], 'the TypeScript compiler failed');
  writeStamps({ dist: sources });
}

/** The libtorch to compile against, if it is there with its headers, and the data set too. */
export async function findAddonInputs() {
  const { searchLibtorch } = await import('../dist/libtorch/find.js');
  const { fashionMnist } = await import('../dist/data/sets/idxSets.js');
  const { hasSet } = await import('../dist/data/sets/locate.js');
  const { referenceMinor, releases } = await import('../dist/libtorch/version.js');
  // A clone is for the reference version, unless another one is named.
  const minors = process.env.LENET_TORCH_LIBTORCH ? Object.keys(releases) : [referenceMinor];
  const { found } = searchLibtorch({ minors });
  return found?.includeDir && hasSet(fashionMnist) ? found : undefined;
}

async function cudaOf({ version }) {
  const { minorOf, releases } = await import('../dist/libtorch/version.js');
  return releases[minorOf(version)].cuda?.version;
}

async function addonHash(libtorch) {
  const cuda = await cudaOf(libtorch);
  const headers = cuda ? cudaHeaders(cuda) : '';
  return hash(nativeSources(), `${libtorch.root} ${libtorch.version} ${headers}`);
}

function addonReady(addon) {
  const { addon: built, outputs = [] } = readStamps();
  return built === addon && outputs.length > 0 && outputs.every((name) => fs.existsSync(at(name)));
}

async function compileAddon(lock, libtorch) {
  const generator = checkTools();
  let headers = '';
  try {
    const cuda = await cudaOf(libtorch);
    if (cuda) headers = fetchCudaHeaders(cuda);
  } catch (error) {
    say(`without CUDA graphs: ${error.message}`);
  }
  say('compiling the addon');
  const build = { out: 'build', libtorch: libtorch.root, generator, cudaHeaders: headers };
  // Objects of a killed compiler may be half-written and yet look new.
  if (fs.existsSync(unfinished)) fs.rmSync(at('build'), { recursive: true, force: true });
  prepareFolder(build);
  fs.writeFileSync(unfinished, '');
  const args = cmakeJs(build);
  await run(lock, process.execPath, args, 'compiling the addon failed').finally(() =>
    fs.rmSync(unfinished, { force: true }),
  );
  const outputs = [...filesBelow(at('build', 'Release')), ...filesBelow(at('build', 'loader'))]
    .filter((file) => /\.(node|so)$/.test(file))
    .map((file) => path.relative(root, file));
  if (outputs.length === 0) throw new Error('the build made no addon: see its output above');
  writeStamps({ addon: await addonHash(libtorch), outputs });
}

/**
 * Runs `work` while no other process sets this clone up. The lock is a socket in Linux's abstract
 * namespace, which the kernel releases when its last holder dies. Children inherit it: after a
 * `kill -9` the next setup waits for an npm or a compiler that still runs.
 */
async function withLock(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  const take = () =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => socket.destroy());
      server.once('error', (error) =>
        error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
      );
      server.listen({ path: `\0lenet-torch-clone-${name}` }, () => resolve(server));
    });
  let server = await take();
  if (!server) say('waiting for another setup of this clone');
  while (!server) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    server = await take();
  }
  try {
    await work(server._handle?.fd ?? 'ignore');
  } finally {
    server.close();
  }
}

function run(lock, command, args, failure) {
  return new Promise((resolve, reject) => {
    // All of setup's text goes to stderr: stdout belongs to what is run afterwards.
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', 2, 2, lock] });
    // Children see the terminal's interrupt too, and know best how to end; then this ends.
    const wait = () => {};
    process.on('SIGINT', wait);
    const end = (error) => {
      process.off('SIGINT', wait);
      if (error) reject(error);
      else resolve();
    };
    child.once('error', (error) => end(new Error(`${failure} (${error.message})`)));
    child.once('close', (code, signal) => {
      if (code === 0) return end();
      const interrupted = code === 130 || signal === 'SIGINT';
      const error = new Error(interrupted ? 'setup was interrupted' : failure);
      return end(Object.assign(error, { exitCode: interrupted ? 130 : 1 }));
    });
  });
}

function mtime(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/** Runs setup for a script: a failure becomes one line and the process's end. */
export async function setupOrExit() {
  try {
    await setup();
  } catch (error) {
    say(error.message);
    process.exit(error.exitCode ?? 1);
  }
}

// Run as `node scripts/setup` or `node scripts/setup.js`, not imported by start or test.
if (/[\\/]scripts[\\/]setup(\.js)?$/.test(process.argv[1] ?? '')) await setupOrExit();
