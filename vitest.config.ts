import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

import { compiled, compiledFiles } from './test/compiled.js';

const long = process.env.LENET_TORCH_LONG === '1';

// Who watches sources, or counts which of their lines ran, has Vitest load them one by one.
const once =
  process.argv.includes('run') && !process.argv.some((each) => each.startsWith('--coverage'));

export default defineConfig({
  plugins: once ? [await compiled()] : [],
  // Examples name the package; a test of one has it from the sources, as all tests have.
  resolve: { alias: { 'lenet-torch': fileURLToPath(new URL('lib/index.ts', import.meta.url)) } },
  test: {
    server: { deps: { external: [compiledFiles] } },
    include: ['test/**/*.test.ts'],
    // Each file has a process of its own: libtorch keeps thread-local and global state.
    pool: 'forks',
    testTimeout: long ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // With --coverage. CONTRIBUTING.md says what it does not see.
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts'],
      exclude: ['**/*_pb.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});
