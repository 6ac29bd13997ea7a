// docs/applications.md and the installers of docs/install.md, run as they stand there: bundlers, test runners, workspaces, workers.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { sectionsOf, tableOf } from '../../scripts/applications/page.js';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const script = at('scripts/applications.js');
const long = process.env.LENET_TORCH_LONG === '1';
const hour = 3_600_000;

test.skipIf(!long)(
  'what the documents say works',
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stdout.match(/^✗ .*$/gm), stderr).toBeNull();
    expect(stdout.match(/^✓ /gm)!.length).toBe(
      sectionsOf(at('docs/applications.md')).length +
        tableOf(at('docs/install.md'), 'installer').length,
    );
    expect(status, stderr).toBe(0);
  },
  hour,
);

test('every section of the page says what its commands print', () => {
  const sections = sectionsOf(at('docs/applications.md'));
  expect(sections.length).toBeGreaterThan(12);
  for (const { name, files, commands, printed } of sections) {
    expect(printed, name).not.toEqual([]);
    expect(Object.keys(files), name).toContain('app.mjs');
    expect(commands, name).toMatch(/^(?:npm install|pnpm).* lenet-torch(?= |$)/m);
  }
});

test('an unknown section is wrong usage', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'parcel'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining("there is no 'parcel'"),
  });
});
