// Checks (or, with --write, mends) the layout of all C++ with one pinned clang-format, whose
// releases differ in layout. It comes from PyPI and is kept in the per-user cache.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const version = '23.1.5';
const root = fileURLToPath(new URL('..', import.meta.url));
const cacheHome = process.env.XDG_CACHE_HOME;
const cache = path.join(
  cacheHome && path.isAbsolute(cacheHome) ? cacheHome : path.join(os.homedir(), '.cache'),
  'lenet-torch',
);
const tool = path.join(cache, 'tools', `clang-format-${version}`);
const binary = path.join('clang_format', 'data', 'bin', 'clang-format');

const files = fs
  .readdirSync(path.join(root, 'native'), { recursive: true })
  .filter((name) => /\.(cc|cpp|h)$/.test(name))
  .map((name) => path.join('native', name))
  .sort();
if (files.length > 0) {
  if (!fs.existsSync(path.join(tool, binary))) install();
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
  const settings = { cwd: root, stdio: 'inherit' };
  const { status } = spawnSync(
    path.join(tool, binary),
    ['--style=file', ...mode, ...files],
    settings,
  );
  process.exitCode = status ?? 1;
  if (process.exitCode !== 0) console.error('clang-format: run `npm run format`');
}

// Into a folder of its own, without a virtual environment: Debian's Python often cannot make one.
function install() {
  console.error(`clang-format: installing ${version} with pip`);
  fs.mkdirSync(path.dirname(tool), { recursive: true });
  const draft = fs.mkdtempSync(`${tool}-`);
  const args = ['install', '--quiet', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
  args.push('--disable-pip-version-check', '--target', draft, `clang-format==${version}`);
  const env = { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
  const pips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  const pip = pips.find(([name, ...rest]) => spawnSync(name, [...rest, '--version']).status === 0);
  const done =
    pip && spawnSync(pip[0], [...pip.slice(1), ...args], { env, stdio: ['ignore', 2, 2] });
  if (done?.status !== 0 || !fs.existsSync(path.join(draft, binary))) {
    fs.rmSync(draft, { recursive: true, force: true });
    console.error(
      `clang-format: ${pip ? 'pip could not install it' : 'it needs pip, which is not here'}`,
    );
    process.exit(1);
  }
  if (fs.existsSync(tool)) fs.rmSync(draft, { recursive: true, force: true });
  else fs.renameSync(draft, tool);
}
