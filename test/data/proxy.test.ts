import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';

import { fetchSet } from '../../lib/data/sets/fetchSet.js';
import { fashionMnist, parts } from '../../lib/data/sets/idxSets.js';
import { hasSet, locateSet } from '../../lib/data/sets/locate.js';
import { proxyFor } from '../../lib/data/sets/proxy.js';
import { temporaryFolder } from '../folder.js';

describe('which proxy', () => {
  const url = new URL('https://raw.example.com/file');
  test.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['none', {}, undefined],
    ['https_proxy', { https_proxy: 'http://a:1' }, 'http://a:1/'],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://a:1' }, 'http://a:1/'],
    [
      'small letters first',
      { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' },
      'http://a:1/',
    ],
    ['by http alone', { http_proxy: 'http://a:1' }, undefined],
    ['all_proxy', { ALL_PROXY: 'http://a:1' }, 'http://a:1/'],
    [
      'https_proxy before all_proxy',
      { ALL_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:1' },
      'http://b:1/',
    ],
    ['without a scheme', { HTTPS_PROXY: 'a:3128' }, 'http://a:3128/'],
    ['without a scheme, with a password', { HTTPS_PROXY: 'me:pw@a:3128' }, 'http://me:pw@a:3128/'],
    ['by TLS', { HTTPS_PROXY: 'https://a:1' }, 'https://a:1/'],
    ['empty', { HTTPS_PROXY: ' ' }, undefined],
    ['no_proxy: all', { HTTPS_PROXY: 'http://a:1', no_proxy: '*' }, undefined],
    [
      'no_proxy: its host',
      { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'x.org, raw.example.com' },
      undefined,
    ],
    ['no_proxy: its domain', { HTTPS_PROXY: 'http://a:1', NO_PROXY: '.example.com' }, undefined],
    [
      'no_proxy: its domain, no dot',
      { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'EXAMPLE.com' },
      undefined,
    ],
    ['no_proxy: a star', { HTTPS_PROXY: 'http://a:1', NO_PROXY: '*.example.com' }, undefined],
    ['no_proxy: its port', { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com:443' }, undefined],
    [
      'no_proxy: another port',
      { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com:80' },
      'http://a:1/',
    ],
    [
      'no_proxy: the end of a word',
      { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'ample.com' },
      'http://a:1/',
    ],
    [
      'no_proxy: another',
      { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'localhost,127.0.0.1' },
      'http://a:1/',
    ],
  ])('%s', (_, env, expected) => {
    expect(proxyFor(url, env)?.address.href).toBe(expected);
  });

  test.each(['socks5://a:1', 'http://', 'ftp://me:pw@a'])('%s is refused', (address) => {
    expect(() => proxyFor(url, { HTTPS_PROXY: address })).toThrow(
      /^HTTPS_PROXY is .*: expected the address/,
    );
    expect(() => proxyFor(url, { HTTPS_PROXY: address })).not.toThrow(/pw/);
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const real = locateSet(fashionMnist);
// Before any request: compressing 47 MB inside one would look like a mirror that does not answer.
const compressed = new Map(
  parts.map((part) => {
    const bytes = fs.readFileSync(real.files[part]);
    const packed = bytes[0] === 0x1f ? bytes : gzipSync(bytes, { level: 1 });
    return [`/${fashionMnist.files[part].name}.gz`, packed];
  }),
);
const good: RequestListener = ({ url }, response) => {
  const bytes = compressed.get(url ?? '');
  if (bytes === undefined) response.writeHead(404).end();
  else response.end(bytes);
};

/** A proxy that opens tunnels to this machine, whatever host is asked for. */
async function startProxy() {
  const asked: IncomingMessage[] = [];
  const server = createHttp((_, response) => response.writeHead(405).end());
  server.on('connect', (request, socket) => {
    asked.push(request);
    const there = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    there.on('error', () => socket.destroy());
    socket.on('error', () => there.destroy());
  });
  return { asked, port: await listen(server) };
}

// Nothing but what a test says: this machine's own proxies are no concern here.
function fetchWith(mirror: string, more: NodeJS.ProcessEnv) {
  const env = { XDG_CACHE_HOME: temporaryFolder('lenet proxy é '), ...more };
  const options = { env, systemDir: '/nonexistent', debian: false, mirrors: [mirror] };
  return { env, done: fetchSet(fashionMnist, options) };
}

test('the data set comes through the proxy, with name and password', async () => {
  const { asked, port } = await startProxy();
  // A name that nobody but the proxy knows.
  const mirror = `http://mirror.invalid:${await listen(createHttp(good))}/`;
  const { env, done } = fetchWith(mirror, { http_proxy: `http://me:p%40w@127.0.0.1:${port}` });
  await done;
  expect(hasSet(fashionMnist, env)).toBe(true);
  expect(asked[0]!.url).toMatch(/^mirror\.invalid:\d+$/);
  const expected = `Basic ${Buffer.from('me:p@w').toString('base64')}`;
  expect(asked.map(({ headers }) => headers['proxy-authorization'])).toContain(expected);
});

test('not through the proxy where no_proxy says so', async () => {
  const { asked, port } = await startProxy();
  const mirror = `http://127.0.0.1:${await listen(createHttp(good))}/`;
  const proxy = `http://127.0.0.1:${port}`;
  const { env, done } = fetchWith(mirror, { http_proxy: proxy, no_proxy: 'localhost,127.0.0.1' });
  await done;
  expect([hasSet(fashionMnist, env), asked.length]).toEqual([true, 0]);
});

describe('a proxy that fails is named, without its password', () => {
  const answering = async (line: string) =>
    listen(
      createHttp().on(
        'connect',
        (_, socket) => void socket.end(`HTTP/1.1 ${line}\r\n\r\n`),
      ) as Server,
    );
  test.each<[string, () => Promise<string>, RegExp]>([
    [
      'dead',
      async () => 'http://me:secret@127.0.0.1:9',
      /ECONNREFUSED through the proxy that http_proxy names, http:\/\/127\.0\.0\.1:9/,
    ],
    [
      'refusing',
      async () => `http://me:secret@127.0.0.1:${await answering('502 Bad Gateway')}`,
      /502.* through the proxy that http_proxy names/,
    ],
    [
      'asking who it is',
      async () => `127.0.0.1:${await answering('407 Proxy Authentication Required')}`,
      /407.* through the proxy/,
    ],
    [
      'of another kind',
      async () => 'socks5://me:secret@127.0.0.1:9',
      /http_proxy is socks5:\/\/127\.0\.0\.1:9: expected the address of a proxy by http or https/,
    ],
  ])('%s', async (_, address, message) => {
    const { done } = fetchWith('http://mirror.invalid/', { http_proxy: await address() });
    const error = await done.catch((thrown) => thrown);
    expect(error.code).toBe('ERR_DOWNLOAD');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
  });
});

const hasOpenssl = fs.existsSync('/usr/bin/openssl');
test.runIf(hasOpenssl)("by TLS, with a certificate of the proxy's own", async () => {
  const folder = temporaryFolder();
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const request =
    '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mirror.invalid';
  const names = ['-addext', 'subjectAltName=DNS:mirror.invalid', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', ...request.split(' '), ...names], { stdio: 'ignore' });
  const tls = { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
  const mirror = `https://mirror.invalid:${await listen(createHttps(tls, good))}/`;
  const { asked, port } = await startProxy();
  const built = (file: string) => new URL(`../../dist/data/sets/${file}`, import.meta.url);
  const program = `
    const { fetchSet } = await import('${built('fetchSet.js')}');
    const { fashionMnist } = await import('${built('idxSets.js')}');
    const options = { systemDir: '/nonexistent', debian: false, mirrors: ['${mirror}'] };
    await fetchSet(fashionMnist, options).then(({ dir }) => console.log(dir), ({ message }) => console.log(message));`;
  const run = (more: NodeJS.ProcessEnv) => {
    const env = {
      PATH: process.env.PATH,
      XDG_CACHE_HOME: folder,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      ...more,
    };
    return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env });
  };
  const untrusted = await run({});
  expect(untrusted.stdout).toMatch(
    /DEPTH_ZERO_SELF_SIGNED_CERT through the proxy.*NODE_EXTRA_CA_CERTS/,
  );
  const { stdout, stderr } = await run({ NODE_EXTRA_CA_CERTS: cert });
  expect([stdout.trim(), stderr]).toEqual([
    path.join(folder, 'lenet-torch/datasets/fashion-mnist'),
    '',
  ]);
  expect(asked.every(({ url }) => url!.startsWith('mirror.invalid:'))).toBe(true);
});
