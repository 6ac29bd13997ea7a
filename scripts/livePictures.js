// `node scripts/livePictures.js`: the pictures of the live page in docs/pictures/, from trainings of a minute. Needs a
// browser: LENET_TORCH_CHROMIUM, or chromium in PATH.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { pngQuantize } from '@napi-rs/image';
import { chromium } from 'playwright-core';

import { at } from './stamps.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-live-'));
const command = at('dist', 'cli', 'main.js');
const settings = ['--seed', '1', '--batch-size', '64', '--quiet'];

const train = (name, rate, epochs) =>
  spawnSync(
    process.execPath,
    [
      command,
      'train',
      ...settings,
      '--lr',
      rate,
      '--epochs',
      epochs,
      '--out',
      path.join(folder, name),
    ],
    { stdio: 'inherit' },
  );

/** Starts a command that shows a page, and gives its address. */
function show(...args) {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      const [address] = /http:\/\/\S+/.exec(chunk) ?? [];
      if (address) resolve({ address, stop: () => child.kill('SIGINT') });
    });
  });
}

const browser = await chromium.launch({
  executablePath: process.env.LENET_TORCH_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

async function open(address, colorScheme = 'light') {
  const viewport = { width: 1060, height: 900 };
  const page = await (await browser.newContext({ viewport, colorScheme })).newPage();
  await page.goto(address);
  await page.locator('.stage').first().waitFor();
  // The bar that stays in sight would stand in the pictures.
  await page.addStyleTag({
    content: '.scrub { position: static } section { margin: 0; padding: 12px 0 }',
  });
  return page;
}

/** Writes a picture, of few colours: it is a third of the size. */
async function write(name, png) {
  const small = await pngQuantize(png, { maxQuality: 95 });
  fs.writeFileSync(at('docs', 'pictures', `live-${name}.png`), small);
}

const shoot = async (page, selector, name) =>
  write(name, await page.locator(selector).first().screenshot());

try {
  train('lr-0.001', '0.001', '6');
  const out = ['--out', path.join(folder, 'lr-0.003'), '--lr', '0.003', '--epochs', '12', '--live'];
  const training = await show('train', ...settings, ...out);
  let page = await open(training.address);
  await page.locator('.numbers tbody tr').nth(4).waitFor({ state: 'attached' });
  const clip = { x: 0, y: 0, width: 1060, height: 660 };
  await write('training', await page.screenshot({ clip }));
  await page.getByText('Stop after this step').click();
  await page.locator('dd[data-state=stopped]').waitFor();
  await page.close();
  training.stop();

  const shown = await show('live', path.join(folder, 'lr-0.001'), path.join(folder, 'lr-0.003'));
  page = await open(shown.address);
  await shoot(page, '#runs', 'runs');
  await page
    .locator('.stage:nth-child(4) canvas')
    .nth(2)
    .hover({ position: { x: 18, y: 18 } });
  await shoot(page, '#maps .look', 'maps');
  await page
    .locator('.stage:nth-child(2) canvas')
    .nth(3)
    .hover({ position: { x: 60, y: 50 } });
  await shoot(page, '.unit', 'unit');
  await page.getByText('Gradient', { exact: true }).click();
  await page.locator('.decisive canvas').waitFor();
  await shoot(page, '.decisive', 'decisive');
  await page.getByRole('slider', { name: 'epoch' }).press('ArrowLeft');
  await page.waitForTimeout(500);
  await page.evaluate(
    "document.querySelector('#maps').hidden = document.querySelector('#mistakes').hidden = true",
  );
  await shoot(page, '.by-epoch', 'epochs');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Save as a file').first().click(),
  ]);
  const file = path.join(folder, 'saved.html');
  await download.saveAs(file);
  const offline = { colorScheme: 'dark', offline: true, viewport: { width: 390, height: 844 } };
  const saved = await (await browser.newContext(offline)).newPage();
  await saved.goto(pathToFileURL(file).href);
  await saved.locator('.stage canvas').first().waitFor();
  await write('file', await saved.screenshot());
  page = await open(shown.address, 'dark');
  await page.locator('#mistakes').scrollIntoViewIfNeeded();
  await page.locator('.gallery canvas').last().waitFor();
  await page.waitForTimeout(500);
  await shoot(page, '#mistakes', 'mistakes');
  shown.stop();
} finally {
  await browser.close();
  fs.rmSync(folder, { recursive: true, force: true });
}
