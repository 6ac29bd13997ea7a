// The site, built and opened in a real browser. It is built here, once, and not beside the tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { faultsOf } from '../../scripts/docs/links.js';
import { serve } from '../../scripts/docs/serve.js';
import { temporaryFolder } from '../folder.js';
import { chromiumPath, timeout, visit, without } from '../live/browser.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = join(root, 'docs', '.site');
let address = '';
let close = async (): Promise<void> => {};

beforeAll(async () => {
  // LENET_TORCH_DOCS=built looks at the site that is there: for who works on these tests.
  if (process.env.LENET_TORCH_DOCS !== 'built') {
    rmSync(site, { recursive: true, force: true });
    const { status, stderr } = spawnSync(process.execPath, ['scripts/docs.js'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('docs/.site')]);
  }
  ({ address, close } = await serve(site));
}, 900_000);
afterAll(() => close());

describe('what was built', () => {
  test('links, anchors and pictures lead somewhere', () => {
    expect(faultsOf(site)).toEqual([]);
  });

  test('and what does not is found', () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'index.html'),
      '<a id="here"></a><a href="#here">1</a><a href="#gone">2</a><a href="/no.html">3</a><img src="./no.svg"><a href="https://x.org/">4</a>',
    );
    expect(faultsOf(folder)).toEqual([
      'index.html: #gone: no such anchor',
      'index.html: /no.html: no such file',
      'index.html: ./no.svg: no such file',
    ]);
  });

  test('nothing of it names a server that is asked', () => {
    const html = readFileSync(join(site, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="(https?:)?\/\//);
  });

  test('programs that read find all pages', () => {
    const list = readFileSync(join(site, 'llms.txt'), 'utf8');
    const links = [...list.matchAll(/\]\(\.\/([^)]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !existsSync(join(site, link)))).toEqual([]);
    expect(readFileSync(join(site, 'llms-full.txt'), 'utf8')).toContain('new nn.Conv2d(');
  });
});

describe.skipIf(chromiumPath === undefined)(`in a browser${without}`, () => {
  // Where somebody looks at them: LENET_TORCH_SCREENSHOTS names a folder.
  const shots = process.env.LENET_TORCH_SCREENSHOTS;
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (shots === undefined) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  const pages = ['', 'start.html', 'chapter.html', 'differences.html', 'api/nn-conv.html'];
  const more = ['api/index.html', 'troubleshooting.html', 'commands.html', 'performance.html'];
  const ways = ['light', 'dark'].flatMap((scheme) => [
    { scheme: scheme as 'light' | 'dark', screen: 'desk', width: 1400, height: 1000 },
    { scheme: scheme as 'light' | 'dark', screen: 'phone', width: 390, height: 844 },
  ]);

  test.each(ways)(
    '$scheme, $screen',
    async ({ scheme, screen, width, height }) => {
      const { page, faults } = await visit(address, {
        viewport: { width, height },
        colorScheme: scheme,
      });
      for (const each of [...pages, ...more]) {
        await page.goto(address + each, { waitUntil: 'networkidle' });
        expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(
          scheme === 'dark',
        );
        // A phone's page is as wide as the phone: what is wider scrolls by itself.
        expect([each, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          each,
          width,
        ]);
        await shoot(page, `${each.replaceAll(/\W/g, '-') || 'front'}-${scheme}-${screen}`);
      }
      expect(faults).toEqual([]);
    },
    timeout,
  );

  test.each([
    ['Conv2d', 'api/nn-conv.html#nn-Conv2d', 'Convolves a batch of images'],
    ['ERR_MODEL_BUSY', 'troubleshooting.html#models-and-training', 'the model is being trained'],
  ])(
    'search finds %s',
    async (wanted, there, text) => {
      const { page, faults } = await visit(address);
      await page.locator('.VPNavBarSearch button').first().click();
      await page.locator('.search-input').fill(wanted);
      const results = page.locator('.VPLocalSearchBox .result');
      await results.first().waitFor();
      await shoot(page, `search-${wanted}`);
      const found = await results.evaluateAll((all) =>
        all.map((each) => (each as unknown as { href: string }).href),
      );
      expect(found.slice(0, 2)).toContain(address + there);
      await page.locator(`.result[href$="${there}"]`).click();
      await page.waitForURL(address + there);
      await page.getByText(text).first().waitFor();
      expect(faults).toEqual([]);
    },
    timeout,
  );

  test(
    'an entry leads to its line of the code',
    async () => {
      const { page, faults } = await visit(`${address}api/nn-conv.html`);
      await page.locator('.links a[href*="/source/"]').first().click();
      await page.waitForURL(/source\/lib\/nn\/layers\/conv\.ts\.html#L\d+$/);
      expect(await page.evaluate('document.querySelector(":target").textContent')).toContain(
        'class Conv1d',
      );
      await shoot(page, 'source');
      expect(faults).toEqual([]);
    },
    timeout,
  );
});
