// The live page in a real browser, over runs that are finished.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { chromiumPath, pictureOf, timeout, until, type Visit, visit, without } from './browser.js';
import { type Started, start, train } from './server.js';

const folder = temporaryFolder('lenet-torch-page-', afterAll);
const small = ['--seed', '1', '--limit-train', '6000', '--limit-test', '500', '--epochs', '3'];
const [quick, slow, paper] = ['quick', 'slow', 'paper'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

describe.skipIf(chromiumPath === undefined)(`the page of runs${without}`, { timeout }, () => {
  let server: Started;
  let address: string;

  beforeAll(async () => {
    await train(...small, '--batch-size', '32', '--lr', '0.004', '--out', quick);
    await train(...small, '--batch-size', '32', '--lr', '0.001', '--out', slow);
    const few = ['--seed', '1', '--limit-train', '1000', '--limit-test', '100', '--epochs', '1'];
    await train(...few, '--model', 'lenet5', '--batch-size', '20', '--out', paper);
    server = start('live', slow, quick);
    address = await server.address;
  }, timeout);
  afterAll(() => server.stop());

  /** Opened, its maps drawn. */
  async function opened(options: Parameters<typeof visit>[1] = {}): Promise<Visit> {
    const seen = await visit(address, options);
    await seen.page.locator('.stage').first().waitFor();
    return seen;
  }

  const lines = (page: Page): Promise<number> =>
    page.locator('.chart').first().locator('path.line').count();

  test('two runs are overlaid, with the settings in which they differ; one can be hidden', async () => {
    const { page, faults } = await opened();
    const table = page.locator('table.runs');
    await until(page, 'document.querySelectorAll(".chart path.line").length === 8');
    expect(await table.locator('thead').innerText()).toMatch(/\blr\b/);
    expect(await table.locator('thead').innerText()).not.toMatch(/seed|batchSize/);
    expect(await table.locator('tbody').innerText()).toMatch(/0\.001[\s\S]*0\.004/);
    await page.getByLabel('show slow').uncheck();
    await until(page, 'document.querySelectorAll(".chart path.line").length === 4');
    expect(await lines(page)).toBe(2);
    expect(faults).toEqual([]);
  });

  test('strokes change maps and probabilities, and can be taken back', async () => {
    const { page, faults } = await opened();
    const map = (): Promise<string> => pictureOf(page, '.stage:nth-child(2) canvas');
    const scores = (): Promise<string> => page.locator('.scores').innerText();
    const before = [await map(), await scores()];
    const changed = (what: string): Promise<unknown> =>
      until(
        page,
        `document.querySelector('.stage:nth-child(2) canvas').toDataURL() ${what} ${JSON.stringify(before[0])}`,
      );
    const canvas = page.locator('.canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 220, box.y + 60, { steps: 8 });
    await page.mouse.up();
    await changed('!==');
    expect(await page.locator('.painter .what').innerText()).toContain('painted on');
    await until(
      page,
      `document.querySelector('.scores').innerText !== ${JSON.stringify(before[1])}`,
    );
    await page.getByText('Undo all').click();
    await changed('===');
    await until(
      page,
      `document.querySelector('.scores').innerText === ${JSON.stringify(before[1])}`,
    );
    expect(faults).toEqual([]);
  });

  // Of what the network sees: how far the middle of the light is from the middle, and its extent, in pixels.
  const inkOf = `(() => {
    const canvas = new OffscreenCanvas(28, 28);
    const context = canvas.getContext('2d');
    context.drawImage(document.querySelector('.stage canvas'), 0, 0);
    const { data } = context.getImageData(0, 0, 28, 28);
    const rows = [], columns = [];
    for (let i = 0; i < 784; i++) if (data[4 * i] > 100) { rows.push(i / 28 | 0); columns.push(i % 28); }
    const ends = (all) => [Math.min(...all), Math.max(...all)];
    return [ends(rows), ends(columns)];
  })()`;

  test.each(['Black canvas', 'White canvas'])(
    '%s: what is painted is centred and scaled',
    async (ground) => {
      const { page, faults } = await opened();
      const before = await pictureOf(page, '.stage canvas');
      await page.getByText(ground).click();
      const canvas = page.locator('.canvas');
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      // A low bar in a corner.
      await page.mouse.move(box.x + 20, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + 90, box.y + 30, { steps: 6 });
      await page.mouse.up();
      await until(
        page,
        `document.querySelector('.stage canvas').toDataURL() !== ${JSON.stringify(before)}`,
      );
      await until(page, `Number.isFinite(${inkOf}[0][0])`);
      await until(
        page,
        `(([[top, bottom], [left, right]]) => left < 5 && right > 22 && top > 8 && bottom < 20)(${inkOf})`,
      );
      expect(faults).toEqual([]);
    },
  );

  test('the keyboard paints too', async () => {
    const { page, faults } = await opened();
    const before = await pictureOf(page, '.stage canvas');
    await page.locator('.canvas').focus();
    for (const key of ['ArrowUp', 'ArrowUp', ' ', 'ArrowLeft', ' ']) await page.keyboard.press(key);
    await until(
      page,
      `document.querySelector('.stage canvas').toDataURL() !== ${JSON.stringify(before)}`,
    );
    expect(faults).toEqual([]);
  });

  test('the slider shows filters and maps as they were', async () => {
    const { page, faults } = await opened();
    await page.locator('.kernels canvas').first().waitFor();
    const now = [
      await pictureOf(page, '.kernels canvas'),
      await pictureOf(page, '.stage canvas', 1),
    ];
    const slider = page.getByRole('slider', { name: 'epoch' });
    await slider.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toBe('before the first step');
    await until(
      page,
      `document.querySelector('.kernels canvas').toDataURL() !== ${JSON.stringify(now[0])}`,
    );
    await until(
      page,
      `document.querySelectorAll('.stage canvas')[1].toDataURL() !== ${JSON.stringify(now[1])}`,
    );
    await slider.press('End');
    await until(
      page,
      `document.querySelector('.kernels canvas').toDataURL() === ${JSON.stringify(now[0])}`,
    );
    expect(faults).toEqual([]);
  });

  test('a cell of the confusion matrix shows its images, an image its maps', async () => {
    const { page, faults } = await opened();
    await page.locator('#mistakes').scrollIntoViewIfNeeded();
    const cells = page.locator('.confusion tbody button');
    await cells.first().waitFor();
    const counts = (await cells.allInnerTexts()).map((text) => (text === '·' ? 0 : Number(text)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    const most = counts.findIndex((count, i) => count > 0 && i % 11 !== 0);
    await cells.nth(most).click();
    await until(page, `document.querySelector('#mistakes h3').innerText.includes('taken for')`);
    const images = page.locator('.gallery button');
    expect(await images.count()).toBe(Math.min(40, counts[most]!));
    const title = (await images.last().getAttribute('title'))!;
    const [, index] = /test image (\d+)/.exec(title)!;
    await images.last().click();
    await until(
      page,
      `document.querySelector('.painter .what').innerText.startsWith('Test image ${index}:')`,
    );
    expect(faults).toEqual([]);
  });

  test.each(['LeNet', 'LeNet5'])(
    'a unit of %s shows its sum, which is what its map says: in every stage',
    async (model) => {
      const own = model === 'LeNet' ? server : start('live', paper);
      const { page, faults } = await visit(await own.address);
      await page.locator('.stage').first().waitFor();
      await page.locator('.kernels canvas').first().waitFor();
      const stages = page.locator('.stage .grid');
      for (let stage = 1; stage < (await stages.count()); stage++) {
        await stages.nth(stage).focus();
        for (const key of ['ArrowRight', 'ArrowRight', 'PageDown', 'ArrowDown'])
          await page.keyboard.press(key);
        const text = await page.locator('.unit').innerText();
        expect(text).not.toMatch(/otherwise|not shown/);
        const [, value] = /: (\S+)/.exec(text)!;
        // The sum in numbers ends with the value that the map has.
        expect(text.trimEnd().split(' ').at(-1)).toBe(value);
      }
      expect(await page.locator('.field:visible').count()).toBeGreaterThan(10);
      expect(faults).toEqual([]);
      if (own !== server) await own.stop();
    },
  );

  test.each(['Gradient', 'Occlusion'])('%s shows which pixels decided', async (method) => {
    const { page, faults } = await opened();
    await page.getByText(method, { exact: true }).click();
    await page.locator('.decisive canvas').waitFor();
    const colors = await page.evaluate<number>(`(() => {
      const canvas = document.querySelector('.decisive canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })()`);
    expect(colors).toBeGreaterThan(10);
    expect(await page.locator('.decisive .what').innerText()).toMatch(/The winner is /);
    expect(faults).toEqual([]);
  });

  test('saved as a file it opens without network', async () => {
    const { page } = await opened();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Save as a file').click(),
    ]);
    const file = join(temporaryFolder('lenet-torch-saved-'), 'run.html');
    await download.saveAs(file);
    const { page: saved, faults } = await visit(`file://${file}`, { offline: true });
    await saved.locator('.stage').first().waitFor();
    expect(await lines(saved)).toBe(2);
    const slider = saved.getByRole('slider', { name: 'epoch' });
    const now = await pictureOf(saved, '.stage canvas', 1);
    await slider.press('Home');
    await until(
      saved,
      `document.querySelectorAll('.stage canvas')[1].toDataURL() !== ${JSON.stringify(now)}`,
    );
    await saved.locator('#mistakes').scrollIntoViewIfNeeded();
    await saved.locator('.confusion button').first().waitFor();
    await saved.getByText('Gradient', { exact: true }).click();
    await saved.locator('.decisive canvas').waitFor();
    expect(faults).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'in a %s theme, on a phone nothing is wider than it',
    async (colorScheme) => {
      const { page, faults } = await opened({ viewport: { width: 390, height: 800 }, colorScheme });
      await page.locator('#mistakes').scrollIntoViewIfNeeded();
      await page.locator('.confusion button').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      const ground = 'getComputedStyle(document.body).backgroundColor';
      const grounds = { light: 'rgb(255, 255, 255)', dark: 'rgb(13, 17, 23)' };
      expect(await page.evaluate(ground)).toBe(grounds[colorScheme]);
      const other = colorScheme === 'light' ? 'dark' : 'light';
      await page.getByText(other === 'dark' ? 'Dark' : 'Light', { exact: true }).click();
      expect(await page.evaluate(ground)).toBe(grounds[other]);
      expect(faults).toEqual([]);
    },
  );

  test('it says that the connection is lost, and goes on when the server is there again', async () => {
    const first = start('live', quick);
    const own = await first.address;
    const { page } = await visit(own);
    await page.locator('.stage').first().waitFor();
    await first.stop();
    await page.getByText('The connection is lost.').waitFor();
    const again = start('live', quick, '--port', new URL(own).port);
    await again.address;
    await page.getByText('The connection is lost.').waitFor({ state: 'hidden' });
    await again.stop();
  });

  test('a folder without runs says so, until there is one', async () => {
    const empty = temporaryFolder();
    const own = start('live', empty);
    const { page, faults } = await visit(await own.address);
    await page.getByText('No run is here yet.').waitFor();
    expect(await page.getByText('Stop after this step').isVisible()).toBe(false);
    expect(await page.getByText('Save as a file').isVisible()).toBe(false);
    cpSync(quick, join(empty, 'come'), { recursive: true });
    await page.getByText('Save as a file').waitFor();
    expect(await page.getByText('No run is here yet.').isVisible()).toBe(false);
    expect(faults).toEqual([]);
    await own.stop();
  });

  test('a run is deleted after a question, and only then', async () => {
    const doomed = join(folder, 'doomed');
    await train('--limit-train', '512', '--limit-test', '100', '--epochs', '1', '--out', doomed);
    const own = start('live', quick, doomed);
    const { page, faults } = await visit(await own.address);
    await page.locator('.stage').first().waitFor();
    const row = page.locator('table.runs tbody tr', { hasText: 'doomed' });
    await row.getByText('delete').click();
    await page.getByText('Keep it').click();
    expect(existsSync(doomed)).toBe(true);
    await row.getByText('delete').click();
    await page.getByText('Delete it').click();
    await row.waitFor({ state: 'detached' });
    expect(existsSync(doomed)).toBe(false);
    expect(existsSync(quick)).toBe(true);
    expect(faults).toEqual([]);
    await own.stop();
  });
});
