// What building and checking need from PyPI, in folders of the per-user cache. Uses Node alone.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const pips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];

/**
 * Installs packages into a folder of their own, without a virtual environment: Debian's Python often
 * cannot make one. Once: afterwards it is there.
 *
 * @param name - What it is called in the cache; names what is pinned.
 * @param requirements - Lines as pip reads them; where one has a hash, all must.
 * @param proof - A file or folder in it that shows it to be whole.
 * @param options - More of pip's, for another machine's packages.
 * @returns The folder.
 * @throws {Error} In one sentence.
 */
export function pipTool(name, requirements, proof, options = []) {
  const folder = pipToolFolder(name);
  if (fs.existsSync(path.join(folder, proof))) return folder;
  console.error(`installing ${name} with pip`);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const draft = fs.mkdtempSync(`${folder}-`);
  try {
    const list = path.join(draft, 'requirements.txt');
    fs.writeFileSync(list, `${requirements.join('\n')}\n`);
    const args = ['install', '--quiet', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
    args.push('--disable-pip-version-check', '--target', draft, '-r', list, ...options);
    const env = { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
    const pip = pips.find(
      ([first, ...rest]) => spawnSync(first, [...rest, '--version']).status === 0,
    );
    if (!pip) throw new Error(`${name} needs pip, which is not here`);
    spawnSync(pip[0], [...pip.slice(1), ...args], { env, stdio: ['ignore', 2, 2] });
    if (!fs.existsSync(path.join(draft, proof))) throw new Error(`pip could not install ${name}`);
    // Another process may have been faster; what is there and not whole is replaced.
    if (!fs.existsSync(path.join(folder, proof))) {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(draft, folder);
    }
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Where {@link pipTool} puts it. */
export function pipToolFolder(name) {
  const home = process.env.XDG_CACHE_HOME;
  const cache = home && path.isAbsolute(home) ? home : path.join(os.homedir(), '.cache');
  return path.join(cache, 'lenet-torch', 'tools', name);
}
