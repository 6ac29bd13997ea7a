import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { fetchSet } from '../../lib/data/sets/fetchSet.js';
import { fashionMnist, parts } from '../../lib/data/sets/idxSets.js';
import { hasSet, locateSet } from '../../lib/data/sets/locate.js';
import type { TorchError } from '../../lib/error.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';

// The real files, which setup has brought before any test runs.
const real = locateSet(fashionMnist);
const names = parts.map((part) => fashionMnist.files[part].name);

let folder: string;
let env: NodeJS.ProcessEnv;
let cached: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = temporaryFolder('lenet source é ');
  env = { ...process.env, XDG_CACHE_HOME: folder };
  cached = path.join(folder, 'lenet-torch', 'datasets', 'fashion-mnist');
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

// Before any request: compressing 47 MB inside one would look like a mirror that does not answer.
const compressed = new Map<string, Buffer>();
beforeAll(() => {
  for (const part of parts) {
    const bytes = fs.readFileSync(real.files[part]);
    const packed = bytes[0] === 0x1f ? bytes : gzipSync(bytes, { level: 1 });
    compressed.set(`/${fashionMnist.files[part].name}.gz`, packed);
  }
});

const good: RequestListener = (request, response) => {
  const bytes = compressed.get(request.url ?? '');
  return bytes ? response.end(bytes) : response.writeHead(404).end();
};

const nowhere = { systemDir: '/nonexistent/fashion', debian: false };

function fetchFrom(mirrors: string[], more: object = {}) {
  return fetchSet(fashionMnist, { env, ...nowhere, mirrors, ...more });
}

async function failureOf(promise: Promise<unknown>): Promise<TorchError> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error) => error,
  );
}

function errorOf(work: () => unknown): TorchError {
  try {
    work();
  } catch (error) {
    return error as TorchError;
  }
  throw new Error('it succeeded');
}

function touchAll(dir: string, suffix = '') {
  fs.mkdirSync(dir, { recursive: true });
  for (const name of names) fs.writeFileSync(path.join(dir, name + suffix), '');
}

describe('locateSet', () => {
  test('a folder given by the user, plain', () => {
    touchAll(folder);
    const { dir, files } = locateSet(fashionMnist, folder, { env });
    expect(dir).toBe(folder);
    expect(files.testLabels).toBe(path.join(folder, 't10k-labels-idx1-ubyte'));
  });

  // What Python's libraries and archives make of the data set, in one folder that `root` names.
  const names4 = (change: (name: string) => string) => names.map(change);
  const dotted = (name: string) => name.replace('-idx', '.idx');
  test.each<[string, string[]]>([
    ['plain', names4((name) => name)],
    ['compressed', names4((name) => `${name}.gz`)],
    ['with a dot', names4(dotted)],
    ['with a dot, compressed', names4((name) => `${dotted(name)}.gz`)],
    ['in folders of their names', names4((name) => `${name}/${name}`)],
    ['in folders, with a dot', names4((name) => `${dotted(name)}/${dotted(name)}`)],
    ['of both spellings', names4((name) => (name.startsWith('train') ? name : dotted(name)))],
    ["in torchvision's FashionMNIST", names4((name) => `FashionMNIST/raw/${name}`)],
    ["in torchvision's FashionMNIST, compressed", names4((name) => `FashionMNIST/raw/${name}.gz`)],
    ["in torchvision's folder itself", names4((name) => `raw/${name}`)],
    ["in torchvision's MNIST", names4((name) => `MNIST/raw/${name}`)],
    ["in torchvision's MNIST, with a dot", names4((name) => `MNIST/raw/${dotted(name)}.gz`)],
  ])('files %s', (_, files) => {
    for (const name of files) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, '');
    }
    const found = locateSet(fashionMnist, folder).files;
    expect(Object.values(found)).toEqual(files.map((name) => path.join(folder, name)));
    // One is missing: the error says which, where, and that names may have a dot.
    fs.rmSync(path.join(folder, files[1]!));
    const { code, message } = errorOf(() => locateSet(fashionMnist, folder));
    expect(code).toBe('ERR_DATA_NOT_FOUND');
    expect(message).toMatch(/lacks train-labels-idx1-ubyte\)/);
    expect(message).toContain('train-images.idx3-ubyte');
  });

  test('clothes come before digits; digits in their place are said once', async () => {
    touchAll(path.join(folder, 'MNIST', 'raw'));
    const warned: string[] = [];
    const listen = ({ message }: Error) => {
      if (message.includes(folder)) warned.push(message);
    };
    process.on('warning', listen);
    locateSet(fashionMnist, folder);
    locateSet(fashionMnist, folder);
    touchAll(path.join(folder, 'FashionMNIST', 'raw'));
    expect(locateSet(fashionMnist, folder).dir).toBe(path.join(folder, 'FashionMNIST', 'raw'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    const digits = path.join(folder, 'MNIST', 'raw');
    expect(warned).toEqual([`FashionMNIST/raw is not there: taking MNIST's digits, ${digits}`]);
  });

  test('a folder given by the user is the only one: missing files are named', () => {
    touchAll(folder);
    fs.rmSync(path.join(folder, 'train-labels-idx1-ubyte'));
    const { code, message } = errorOf(() => locateSet(fashionMnist, folder));
    expect(code).toBe('ERR_DATA_NOT_FOUND');
    expect(message).toContain(`${folder} lacks train-labels-idx1-ubyte`);
    expect(message).toContain('npx lenet-torch setup');
  });

  test('the cache comes before the system folder', () => {
    const systemDir = path.join(folder, 'system');
    touchAll(systemDir, '.gz');
    expect(locateSet(fashionMnist, undefined, { env, systemDir }).dir).toBe(systemDir);
    touchAll(cached);
    expect(locateSet(fashionMnist, undefined, { env, systemDir }).dir).toBe(cached);
  });

  test('nowhere: every place, and the command', () => {
    const look = () =>
      locateSet(fashionMnist, undefined, { env, systemDir: '/nonexistent/fashion' });
    expect(look).toThrow(/datasets\/fashion-mnist does not exist; \/nonexistent\/fashion does not/);
    expect(look).toThrow(coded('ERR_DATA_NOT_FOUND'));
    expect(look).toThrow(/Run: npx lenet-torch setup/);
  });
});

describe('fetchSet', () => {
  test('from a mirror: verified, unpacked, nothing left behind, then not fetched again', async () => {
    const progress: number[] = [];
    const mirror = await serve(good);
    const { dir } = await fetchFrom([mirror], {
      onProgress: (done: number) => progress.push(done),
    });
    expect(dir).toBe(cached);
    for (const part of parts) {
      const { name, sha256 } = fashionMnist.files[part];
      const bytes = fs.readFileSync(path.join(cached, name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect(fs.readdirSync(path.dirname(cached))).toEqual(['fashion-mnist']);
    expect(progress.at(-1)).toBe(54_950_048);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(hasSet(fashionMnist, env)).toBe(true);
    await fetchFrom([]);
  });

  test('from the system folder, without a mirror', async () => {
    const systemDir = path.join(folder, 'system');
    fs.mkdirSync(systemDir);
    for (const part of parts) {
      const file = real.files[part];
      fs.symlinkSync(file, path.join(systemDir, path.basename(file)));
    }
    await fetchSet(fashionMnist, { env, systemDir, debian: false, mirrors: [] });
    expect(hasSet(fashionMnist, env)).toBe(true);
  });

  test('a damaged cache is replaced', async () => {
    touchAll(cached);
    expect(hasSet(fashionMnist, env)).toBe(false);
    await fetchFrom([await serve(good)]);
    expect(hasSet(fashionMnist, env)).toBe(true);
  });

  test('dead, refusing, wrong and broken mirrors are passed over', async () => {
    const missing = await serve((_, response) => response.writeHead(404).end());
    const wrong = await serve((_, response) => response.end(gzipSync('not the file')));
    const broken = await serve((request, response) => {
      if (request.url?.includes('t10k-labels')) return good(request, response);
      response.writeHead(200, { 'content-length': 1000 }).write('half');
      return response.destroy();
    });
    await fetchFrom(['http://127.0.0.1:9/', missing, wrong, broken, await serve(good)]);
    expect(hasSet(fashionMnist, env)).toBe(true);
  });

  test('mirrors that never answer cost one time-out together', async () => {
    const silent = await Promise.all([1, 2, 3].map(() => serve(() => {})));
    const before = Date.now();
    const error = await failureOf(fetchFrom(silent));
    expect(Date.now() - before).toBeLessThan(6_000);
    expect(error.code).toBe('ERR_DOWNLOAD');
    expect(error.message).toMatch(/no answer within 4 s/);
  });

  test('every source fails: each with its reason, and what to do', async () => {
    const wrong = await serve((_, response) => response.end(gzipSync('not the file')));
    const refused = await serve((_, response) => response.writeHead(503).end());
    const { code, message } = await failureOf(fetchFrom([wrong, refused]));
    expect(code).toBe('ERR_DOWNLOAD');
    expect(message).toContain('/nonexistent/fashion: no such folder');
    expect(message).toContain('SHA-256 differs');
    expect(message).toContain('HTTP 503');
    expect(message).toContain('--data DIR');
    expect(fs.readdirSync(path.dirname(cached))).toEqual([]);
  });

  test('an endless answer is cut off', async () => {
    const endless = await serve((_, response) => {
      const write = () => {
        while (response.write(Buffer.alloc(1 << 16))) if (response.destroyed) return;
      };
      response.on('drain', write);
      write();
    });
    expect((await failureOf(fetchFrom([endless]))).message).toMatch(/more than 10008 bytes/);
  });

  test('interrupted: the reason comes back, nothing stays', async () => {
    const interrupt = new AbortController();
    const reason = new Error('stop');
    const mirror = await serve(() => interrupt.abort(reason));
    const error = await failureOf(fetchFrom([mirror], { signal: interrupt.signal }));
    expect(error).toBe(reason);
    expect(fs.readdirSync(path.dirname(cached))).toEqual([]);
  });

  test("without apt-get, Debian's package is a source with a reason", async () => {
    const { PATH } = process.env;
    process.env.PATH = folder;
    const error = await failureOf(fetchFrom([], { debian: true })).finally(() => {
      process.env.PATH = PATH;
    });
    expect(error.message).toMatch(/dataset-fashion-mnist: there is no apt-get here/);
  });

  const onDebian = fs.existsSync('/usr/bin/dpkg-deb');
  test.runIf(onDebian)("out of Debian's package", async () => {
    // A stand-in for apt-get that hands out a real package; dpkg-deb is the system's.
    const tree = path.join(folder, 'tree');
    const data = path.join(tree, 'usr/share/datasets/fashion-mnist');
    fs.mkdirSync(path.join(tree, 'DEBIAN'), { recursive: true });
    fs.mkdirSync(data, { recursive: true });
    const control = 'Package: dataset-fashion-mnist\nVersion: 1\nArchitecture: all\n';
    const maintainer = 'Maintainer: nobody <nobody@example.org>\nDescription: test\n';
    fs.writeFileSync(path.join(tree, 'DEBIAN/control'), control + maintainer);
    for (const part of parts) {
      fs.copyFileSync(real.files[part], path.join(data, path.basename(real.files[part])));
    }
    const bin = path.join(folder, 'bin');
    fs.mkdirSync(bin);
    const script = `#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec /usr/bin/dpkg-deb -Znone -b '${tree}' data.deb\n`;
    fs.writeFileSync(path.join(bin, 'apt-get'), script, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${bin}:${PATH}`;
    await fetchFrom([], { debian: true }).finally(() => {
      process.env.PATH = PATH;
    });
    expect(hasSet(fashionMnist, env)).toBe(true);
  });
});
