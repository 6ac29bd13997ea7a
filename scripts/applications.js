// `node scripts/applications.js [NAME …]`: tries what docs/applications.md and the installers' table of docs/install.md say,
// as they say it, with the packed packages, from a registry that has them. A line for each on stdout; reasons on stderr,
// and exit code 1 where something does not work.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { registryOf, withInstallers } from './applications/installers.js';
import { sectionsOf, tableOf } from './applications/page.js';
import { tryProject } from './applications/project.js';
import { startRegistry } from './applications/registry.js';
import { readArguments } from './arguments.js';
import { platforms } from './platforms.js';
import { makeUser, pack } from './smoke.js';
import { at } from './stamps.js';

const page = at('docs', 'applications.md');
const installers = tableOf(at('docs', 'install.md'), 'installer').map((row) => ({
  name: row.installer,
  files: sectionsOf(page)[0].files,
  commands: [row.install, row.run].join('\n'),
  printed: ['[ 1, 10 ]'],
}));
const all = [...sectionsOf(page), ...installers];
const { chosen } = readArguments(
  'node scripts/applications.js [NAME …]',
  {},
  all.map(({ name }) => name),
);
const wanted = all.filter(({ name }) => chosen.includes(name));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-applications-'));
try {
  const user = await makeUser(folder, false);
  const here = `${process.platform}-${process.arch}`;
  const hollow = Object.keys(platforms).filter((platform) => platform !== here);
  const packed = await pack(folder, { hollow });
  // Of this machine: what others need is not the point here.
  const setting = (name) =>
    execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  const upstream = setting('registry');
  const quick = {
    npm_config_cache: setting('cache'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_prefer_offline: 'true',
  };
  const telemetry = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  const env = withInstallers(path.join(folder, 'installers'), {
    ...user.env,
    ...quick,
    ...telemetry,
  });
  const registry = await startRegistry(packed, upstream);
  Object.assign(env, registryOf(registry.address));
  for (const [i, section] of wanted.entries()) {
    const place = path.join(folder, `${i}`);
    const problem = await tryProject(section, { folder: place, env });
    console.log(`${problem === undefined ? '✓' : '✗'} ${section.name}`);
    if (problem !== undefined) {
      console.error(`${section.name}: ${problem}`);
      process.exitCode = 1;
    }
    fs.rmSync(place, { recursive: true, force: true });
  }
  registry.close();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
