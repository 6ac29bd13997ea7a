// Installers beside npm, as commands in a folder: brought from npm.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const packages = ['pnpm@10', '@yarnpkg/cli-dist', '@oven/bun-linux-x64'];
const programs = {
  pnpm: ['node', 'pnpm/bin/pnpm.cjs'],
  yarn: ['node', '@yarnpkg/cli-dist/bin/yarn.js'],
  bun: ['@oven/bun-linux-x64/bin/bun'],
  bunx: ['@oven/bun-linux-x64/bin/bun', 'x'],
};

/** @returns The user's environment with them. */
export function withInstallers(folder, env) {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  execFileSync('npm', ['install', ...flags, ...packages], { env, stdio: ['ignore', 2, 2] });
  for (const [name, words] of Object.entries(programs)) {
    const command = words.map((word) => {
      const file = path.join(folder, 'node_modules', word);
      if (!word.includes('/')) return word;
      fs.chmodSync(file, 0o755);
      return `'${file}'`;
    });
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`, {
      mode: 0o755,
    });
  }
  return {
    ...env,
    PATH: `${bin}${path.delimiter}${env.PATH}`,
    YARN_ENABLE_TELEMETRY: '0',
  };
}

/** The settings by which each installer takes packages from a registry. One does not read npm's. */
export function registryOf(address) {
  return {
    npm_config_registry: address,
    YARN_NPM_REGISTRY_SERVER: address,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(address).hostname,
  };
}
