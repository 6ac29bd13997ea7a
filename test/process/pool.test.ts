// examples/pool.ts: workers answer as the main thread does.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/example.js', import.meta.url));

test('the pool of workers predicts what the main thread predicts', () => {
  const output = execFileSync(process.execPath, [script, 'pool', '2', '200'], { encoding: 'utf8' });
  expect(output).toMatch(/^200 images by 2 workers in \d+\.\d s, as here: true\n$/);
});
