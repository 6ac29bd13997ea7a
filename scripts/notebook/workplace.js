// Where notebooks are run: Jupyter's client from PyPI, both kernels from npm, and a project that depends on this checkout.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { pipTool } from '../pipTool.js';
import { commandOf, runtimes } from '../runtimes/get.js';
import { requirements } from './requirements.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const tslab = {
  name: 'tslab',
  spec: 'tslab@1.0.22',
  binary: 'tslab/bin/tslab',
  args: [],
};

const kernels = {
  deno: {
    displayName: 'Deno',
    tool: runtimes.find(({ name }) => name === 'Deno'),
    argv: (file) => [file, 'jupyter', '--kernel', '--conn', '{connection_file}'],
  },
  tslab: {
    displayName: 'TypeScript (tslab)',
    tool: tslab,
    argv: (file) => [process.execPath, file, 'kernel', '--config-path', '{connection_file}'],
  },
};

export const kernelNames = Object.keys(kernels);

/**
 * A folder to run notebooks in, and the environment for Python to do it with; of the user's own Jupyter nothing is read.
 *
 * @returns `remove` takes the folder away.
 * @throws {Error} In one sentence, where Python, pip, npm or one of the packages cannot be had.
 */
export function makeWorkplace() {
  const packages = pipTool('notebook-nbclient-0.11.0', requirements, 'nbclient');
  const commands = Object.entries(kernels).map(([name, kernel]) => {
    const command = commandOf(kernel.tool);
    if (command === undefined) throw new Error(`${name} cannot be had from npm`);
    return { name, ...kernel, file: command.file };
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-notebook-'));
  for (const { name, displayName, file, argv } of commands) {
    const place = path.join(folder, 'jupyter', 'kernels', name);
    fs.mkdirSync(place, { recursive: true });
    const spec = { argv: argv(file), display_name: displayName, language: 'typescript' };
    fs.writeFileSync(path.join(place, 'kernel.json'), JSON.stringify(spec));
  }
  const project = path.join(folder, 'project');
  fs.mkdirSync(path.join(project, 'node_modules'), { recursive: true });
  fs.symlinkSync(root, path.join(project, 'node_modules', 'lenet-torch'));
  fs.writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { 'lenet-torch': '*' } }),
  );
  const env = {
    ...process.env,
    PYTHONPATH: packages,
    JUPYTER_PATH: path.join(folder, 'jupyter'),
    JUPYTER_DATA_DIR: path.join(folder, 'jupyter'),
    JUPYTER_CONFIG_DIR: path.join(folder, 'config'),
    JUPYTER_RUNTIME_DIR: path.join(folder, 'runtime'),
    JUPYTER_NO_CONFIG: '1',
  };
  return { project, env, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
