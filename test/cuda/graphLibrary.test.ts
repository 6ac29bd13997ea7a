// The library for CUDA graphs, where there is no CUDA: it's built, belongs to this libtorch, and says what
// it lacks. What it does is checked on a GPU: docs/gpu.md.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { openGraphs } from '../../lib/cuda/graph.js';
import { minorOf } from '../../lib/libtorch/version.js';
import { addonFolder, libtorchVersion, native } from '../../lib/native/load.js';

const library = join(addonFolder, `liblenet_cuda-${minorOf(libtorchVersion)}.so`);

test.runIf(process.arch === 'x64')('is built beside the addon', () => {
  expect(existsSync(library)).toBe(true);
});

test.runIf(process.arch === 'x64' && !native.hasCuda())('without CUDA it does not load', () => {
  expect(openGraphs).toThrow(
    expect.objectContaining({
      code: 'ERR_ENGINE_UNSUPPORTED',
      message: expect.stringMatching(/does not load: .*(undefined symbol: .*cuda|libcudart)/),
    }),
  );
});
