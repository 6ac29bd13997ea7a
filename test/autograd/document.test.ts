// The examples of docs/autograd.md print what stands beside them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(path.join(root, 'docs/autograd.md'), 'utf8');
const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);

test.each(examples)('example %#', (code) => {
  const target = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(code, { compilerOptions: target });
  const file = path.join(temporaryFolder(), 'example.mjs');
  const entry = path.join(root, 'dist/index.js');
  writeFileSync(file, outputText.replace("'lenet-torch'", JSON.stringify(entry)));
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  const wanted = [...code.matchAll(/\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(stdout.trim().split('\n'), stderr).toEqual(wanted);
});
