// The live page in a real browser, while a real training runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { chromiumPath, pictureOf, timeout, until, visit, without } from './browser.js';
import { start, train } from './server.js';

const settings = ['--seed', '3', '--batch-size', '16', '--limit-test', '200'];
// Short epochs, but not so short that a fast machine does dozens before a browser has come.
const watched = [...settings, '--limit-train', '16000'];
const short = [...settings, '--limit-train', '1600'];
const points = 'document.querySelector(".chart path.line")?.getAttribute("d").split("L").length';

const stateIs = (page: Page, state: string): Promise<void> =>
  until(page, `document.querySelector('dd[data-state]')?.innerText === '${state}'`);

/** Epochs that are done, as the table has them. */
const epochsOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.querySelectorAll('.numbers tbody tr').length`);

const weightsAfter = (run: string, epoch: number): Buffer =>
  readFileSync(join(run, 'epochs', `${epoch}.safetensors`));

describe.skipIf(chromiumPath === undefined)(`the page of a training${without}`, { timeout }, () => {
  test('curves grow; maps follow; stopped and continued it is the uninterrupted run', async () => {
    const folder = temporaryFolder();
    const [whole, halted] = [join(folder, 'whole'), join(folder, 'halted')];
    // Far more epochs than pass until it is stopped, however fast the machine is.
    const training = start('train', ...watched, '--epochs', '5000', '--out', halted, '--live');
    const { page, faults } = await visit(await training.address);
    await until(page, `${points} > 3`);
    const before = await page.evaluate<number>(points);
    await until(page, `${points} > ${before}`);
    await page.getByText('Stop after this step').click();
    await stateIs(page, 'stopped');

    await page.locator('.stage').first().waitFor();
    const map = await pictureOf(page, '.stage canvas', 1);
    await page.locator('.canvas').focus();
    for (const key of [' ', 'ArrowUp', ' ', 'ArrowUp', ' ']) await page.keyboard.press(key);
    await until(
      page,
      `document.querySelectorAll('.stage canvas')[1].toDataURL() !== ${JSON.stringify(map)}`,
    );

    const done = await epochsOf(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await until(page, `document.querySelectorAll('.numbers tbody tr').length > ${done}`);
    await page.getByText('Stop after this step').click();
    await stateIs(page, 'stopped');
    expect(faults).toEqual([]);
    await page.close();
    await training.stop();

    await train(...watched, '--epochs', String(done + 1), '--out', whole);
    expect(weightsAfter(halted, done + 1).equals(weightsAfter(whole, done + 1))).toBe(true);
  });

  test('a finished training goes on for more epochs, and ends when nobody looks', async () => {
    const folder = temporaryFolder();
    const [whole, grown] = [join(folder, 'whole'), join(folder, 'grown')];
    const training = start('train', ...short, '--epochs', '1', '--out', grown, '--live');
    const { page, faults } = await visit(await training.address);
    await stateIs(page, 'finished');
    await page.locator('.more input').fill('2');
    await page.getByText('more epochs').click();
    await until(page, `document.querySelector('.facts').innerText.includes('3 of 3')`);
    await stateIs(page, 'finished');
    expect(await epochsOf(page)).toBe(3);
    expect(faults).toEqual([]);
    await page.close();
    expect(await training.ended).toBe(0);
    await train(...short, '--epochs', '1', '--out', whole);
    await train('--resume', whole, '--epochs', '3');
    expect(weightsAfter(grown, 3).equals(weightsAfter(whole, 3))).toBe(true);
  });
});
