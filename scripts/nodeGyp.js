#!/usr/bin/env node
// What prebuildify calls in place of node-gyp, in a folder for one prebuilt addon: builds a target
// with cmake-js and lays the files where node-gyp would have. (prebuilds.js says which and where.)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { checkTools, cmakeJs, prepareFolder } from './compiler.js';
import { at, root } from './stamps.js';

const { files, ...rest } = JSON.parse(process.env.LENET_TORCH_NODE_GYP);
const build = { ...rest, generator: checkTools() };
prepareFolder(build);
const args = cmakeJs(build);
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
if (status === 0) {
  const release = path.join('build', 'Release');
  fs.rmSync(release, { recursive: true, force: true });
  fs.mkdirSync(release, { recursive: true });
  for (const file of files) {
    fs.copyFileSync(at(build.out, file), path.join(release, path.basename(file)));
  }
}
process.exitCode = status ?? 1;
