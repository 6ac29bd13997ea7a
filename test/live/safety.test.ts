// Whom a page's server answers, and what it never gives.

import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { trained } from '../run/trainings.js';
import { ask, order, shown } from './pages.js';

/** A request as it is written here: fetch neither sends paths with dots nor another Host. */
function plain(
  page: torch.LivePage,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: page.port, path, headers, method },
      async (response) => {
        let text = '';
        for await (const piece of response.setEncoding('utf8')) text += piece;
        resolve({ status: response.statusCode!, text });
      },
    );
    asked.on('error', reject).end();
  });
}

test('the address has what is needed, and nothing else', async () => {
  const page = await shown();
  expect(page.address).toBe(`http://127.0.0.1:${page.port}/?token=${page.token}`);
  expect(page.token).toMatch(/^[\w-]{24}$/);
  expect((await shown()).token).not.toBe(page.token);
});

test('only by names of this machine, and from no other page', async () => {
  const page = await shown();
  const { port } = page;
  const statusOf = async (headers: Record<string, string>) =>
    (await plain(page, '/api/runs', headers)).status;
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `LOCALHOST:${port}`,
    `[::1]:${port}`,
  ]) {
    expect([host, await statusOf({ host })]).toEqual([host, 200]);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `127.0.0.1.evil.example:${port}`,
  ]) {
    expect([host, await statusOf({ host })]).toEqual([host, 403]);
  }
  const host = `127.0.0.1:${port}`;
  expect(await statusOf({ host, origin: `http://${host}` })).toBe(200);
  for (const origin of [
    'http://evil.example',
    'null',
    `https://${host}`,
    `http://localhost:${port}`,
  ]) {
    expect([origin, await statusOf({ host, origin })]).toEqual([origin, 403]);
  }
  expect(await statusOf({ host, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await statusOf({ host, 'sec-fetch-site': 'same-origin' })).toBe(200);
  // A link on another site may lead to the page.
  const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await plain(page, '/', link)).status).toBe(200);
  expect((await plain(page, '/api/events', { host, origin: 'http://evil.example' })).status).toBe(
    403,
  );
});

test('what stops, continues or deletes needs the token', async () => {
  const dir = await trained(1);
  const page = await shown({ run: dir });
  const wrong: Record<string, string>[] = [
    {},
    { authorization: 'Bearer' },
    { authorization: `Bearer ${page.token}x` },
    { authorization: page.token },
    { authorization: `Basic ${page.token}` },
  ];
  for (const headers of wrong) {
    for (const [method, path] of [
      ['POST', '/api/runs/run/stop'],
      ['POST', '/api/runs/run/continue'],
      ['DELETE', '/api/runs/run'],
      ['DELETE', `/api/runs/run?token=${page.token}`],
    ] as const) {
      const { status, text } = await plain(page, path, headers, method);
      expect([status, JSON.parse(text).error.code]).toEqual([403, 'ERR_FORBIDDEN']);
    }
  }
  expect(readdirSync(dir)).toContain('config.json');
  // With it, a run that another process may train is not stopped either.
  expect((await order(page.address, '/api/runs/run/stop')).body.error.code).toBe('ERR_RUN_LOCKED');
});

test('a run is deleted, with nothing that is not its own', async () => {
  const dir = await trained(2);
  const page = await shown({ run: dir });
  const remove = () =>
    ask(page.address, '/api/runs/run', {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${page.token}` },
    });
  const held = await torch.Run.resume(dir);
  expect((await remove()).body.error.code).toBe('ERR_RUN_LOCKED');
  await held.close();
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(dir, 'notes.txt'), 'mine');
  expect((await remove()).status).toBe(200);
  expect(readdirSync(dir)).toEqual(['notes.txt']);
  expect((await ask(page.address, '/api/runs')).body.runs).toEqual([]);
  expect((await remove()).status).toBe(404);
});

test('nothing of the file system is served', async () => {
  const page = await shown({ run: await trained(1) });
  const tries = [
    '/package.json',
    '/page/../../../package.json',
    '/page/..%2f..%2f..%2fpackage.json',
    '/page/%2e%2e/%2e%2e/live/server.js',
    '/page/live/server.js',
    '/page//etc/passwd',
    '/page/live/page/../../live/server.js',
    '/api/runs/..%2f..%2fetc/losses',
    '/api/runs/%2fetc%2fpasswd',
    '/api/runs/run/config.json',
    '//etc/passwd',
    '//',
    'http://[',
    '*',
    '/%00',
  ];
  for (const path of tries) {
    const { status, text } = await plain(page, path);
    expect([path, status]).toEqual([path, 404]);
    expect(text).not.toMatch(/root:|lenet-torch"/);
  }
  const { status } = await plain(page, '/%E0%A4%A');
  expect([400, 404]).toContain(status);
});

test('headers keep others out', async () => {
  const page = await shown();
  for (const path of ['/', '/api/runs', '/api/none']) {
    const { headers } = await ask(page.address, path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.has('access-control-allow-origin')).toBe(false);
  }
});

test('a port in use, a host that is not here, a folder that is none', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await expect(torch.live({ port })).rejects.toThrow(coded('ERR_PORT_IN_USE', String(port)));
  await expect(torch.live({ host: '203.0.113.7' })).rejects.toThrow(coded('ERR_HOST_NOT_FOUND'));
  const missing = join(temporaryFolder(), 'none');
  await expect(torch.live({ run: missing })).rejects.toThrow(coded('ERR_RUN_NOT_FOUND', missing));
});
