import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import type { Release, Wheel } from '../../lib/libtorch/version.js';

// Entries as [name, content]; Python writes the archive, as it writes PyPI's.
const writer = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for name, text in json.load(sys.stdin):
        z.writestr(name, text)
`;

/** Writes a zip file with Python. */
export function writeZip(file: string, entries: readonly (readonly [string, string])[]): void {
  execFileSync('python3', ['-c', writer, file], { input: JSON.stringify(entries) });
}

function writeWheel(
  folder: string,
  project: string,
  version: string,
  tags: string,
  entries: [string, string][],
): Wheel {
  const name = project.replaceAll('-', '_');
  const info = `${name}-${version}.dist-info`;
  const file = `${name}-${version}-${tags}.whl`;
  writeZip(path.join(folder, file), [
    ...entries,
    [`${info}/METADATA`, `Metadata-Version: 2.1\nName: ${project}\nVersion: ${version}\n`],
    [`${info}/WHEEL`, `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tags}\n`],
    [`${info}/RECORD`, ''],
  ]);
  const bytes = fs.readFileSync(path.join(folder, file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { project, version, file, sha256, size: bytes.length };
}

/** Wheels of the real names, tags and layout with a few bytes in each file, and their pins. */
export function writeTinyRelease(folder: string): Release {
  fs.mkdirSync(folder, { recursive: true });
  return {
    version: '2.11.0',
    python: '3.12',
    wheels: [
      writeWheel(folder, 'torch', '2.11.0', 'cp312-cp312-manylinux_2_28_x86_64', [
        ['torch/__init__.py', 'raise ImportError'],
        ['torch/version.py', "__version__ = '2.11.0+cu130'\n"],
        ['torch/lib/libtorch_cpu.so', 'cpu '.repeat(100_000)],
        ['torch/lib/libc10.so', 'c10'],
        ['torch/lib/libgomp.so.1', 'gomp'],
        ['torch/lib/libtorch_cuda.so', 'not for the CPU'],
        ['torch/include/ATen/ATen.h', '#pragma once\n'],
        ['torch/include/c10/core/Device.h', '#pragma once\n'],
      ]),
      writeWheel(folder, 'nvidia-cuda-runtime', '13.0.96', 'py3-none-manylinux2014_x86_64', [
        ['nvidia/cu13/lib/libcudart.so.13', 'cudart'],
        ['nvidia/cu13/include/cuda.h', 'not for the CPU'],
      ]),
      writeWheel(folder, 'nvidia-cuda-cupti', '13.0.85', 'py3-none-manylinux_2_25_x86_64', [
        ['nvidia/cu13/lib/libcupti.so.13', 'cupti'],
        ['nvidia/cu13/lib/libnvperf_host.so', 'not for the CPU'],
      ]),
    ],
    unpackedSize: 500_000,
    headersSize: 100_000,
  };
}
