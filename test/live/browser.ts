// A real browser that looks at the live page, where the machine has one.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished, vi } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `LENET_TORCH_CHROMIUM`, else the first browser in PATH. */
export const chromiumPath =
  process.env.LENET_TORCH_CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** What a suite's name says where there is none. */
export const without = chromiumPath ? '' : ' (left out: no chromium in PATH)';

/** Of a test: a browser beside trainings on a busy machine takes its time. */
export const timeout = 240_000;

let browser: Promise<Browser> | undefined;

function launched(): Promise<Browser> {
  browser ??= chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return browser;
}

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** A page that is looked at, and what it must not do. */
export interface Visit {
  readonly page: Page;
  /** Errors and warnings of its console, exceptions, requests that left this machine. */
  readonly faults: readonly string[];
}

/** Opens an address; the window closes with the test. */
export async function visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (await launched()).newContext({
    viewport: { width: 1400, height: 1000 },
    ...options,
  });
  context.setDefaultTimeout(60_000);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      faults.push(`${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOwn = hostname === '127.0.0.1' || ['data:', 'blob:', 'file:'].includes(protocol);
    if (!isOwn) faults.push(`request to ${request.url()}`);
  });
  await page.goto(address);
  return { page, faults };
}

/** What a canvas shows; two that look alike give the same. */
export const pictureOf = (page: Page, selector: string, index = 0): Promise<string> =>
  page.evaluate<string>(
    `document.querySelectorAll(${JSON.stringify(selector)})[${index}].toDataURL()`,
  );

/** Waits until an expression of the page holds. Asked anew from outside: the page allows no `eval`, which waiting inside needs. */
export async function until(page: Page, expression: string): Promise<void> {
  await vi.waitUntil(() => page.evaluate<boolean>(`!!(${expression})`), {
    timeout: 60_000,
    interval: 50,
  });
}
