// Sets in MNIST's format: the table against torchvision's, fetched from a server here, small ones read by their classes.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import yazl from 'yazl';

import { fetchSet } from '../../lib/data/sets/fetchSet.js';
import {
  emnist,
  type IdxSet,
  idxSets,
  kmnist,
  mnist,
  type Part,
  parts,
  qmnist,
} from '../../lib/data/sets/idxSets.js';
import { locateSet } from '../../lib/data/sets/locate.js';
import { namedSets } from '../../lib/data/sets/named.js';
import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { recorded } from '../recorded.js';

const { DataLoader, EMNIST, KMNIST, MNIST, QMNIST } = torch.data;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const bytes = files[request.url!.slice(1)];
    return bytes ? response.end(bytes) : response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.each(
  Object.entries(
    recorded<Record<string, { classes: string[]; md5: Record<string, string> }>>('sets'),
  ),
)('%s is torchvision’s', (name, { classes, md5 }) => {
  const set = idxSets[name]!;
  expect(set.classes).toEqual(classes);
  const own =
    set.archive === undefined
      ? Object.values(set.files).map((file) => [`${file.name}.gz`, file.md5])
      : [[set.archive.path, set.archive.md5]];
  expect(Object.fromEntries(own)).toEqual(md5);
});

const idx = (type: number, dims: number[], data: Buffer): Buffer => {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(dims.length, 3);
  dims.forEach((dim, i) => void header.writeUInt32BE(dim, 4 + 4 * i));
  return Buffer.concat([header, data]);
};

const counts: Readonly<Record<Part, number>> = {
  trainImages: 6,
  trainLabels: 6,
  testImages: 4,
  testLabels: 4,
};
// Row and column of each pixel can be told.
const pixels = (count: number) =>
  Buffer.from(Array.from({ length: count * 6 }, (_, i) => 40 * Math.floor(i / 6) + (i % 6)));
const labelOf = (row: number) => (3 * row + 1) % 10;

/** Files of a set, with images of 2 × 3 pixels. */
function contents(set: IdxSet): Record<Part, Buffer> {
  const made = parts.map((part): [Part, Buffer] => {
    const count = counts[part];
    if (part.endsWith('Images')) return [part, idx(8, [count, 2, 3], pixels(count))];
    if (!set.hasLongLabels)
      return [
        part,
        idx(8, [count], Buffer.from(Array.from({ length: count }, (_, i) => labelOf(i)))),
      ];
    const rows = Buffer.alloc(32 * count);
    for (let i = 0; i < 8 * count; i++) {
      // The class, and numbers that need all four bytes, of both signs.
      rows.writeInt32BE(i % 8 === 0 ? labelOf(i / 8) : (i % 2 ? -1 : 1) * (70_000 * i), 4 * i);
    }
    return [part, idx(12, [count, 8], rows)];
  });
  return Object.fromEntries(made) as Record<Part, Buffer>;
}

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

/** A set like another one, of small files. */
function smallOf(set: IdxSet): {
  set: IdxSet;
  plain: Record<Part, Buffer>;
  served: Record<string, Buffer>;
} {
  const plain = contents(set);
  const packed = parts.map((part) => [part, gzipSync(plain[part])] as const);
  const files = packed.map(([part, bytes]) => {
    const { name } = set.files[part];
    const sum = set.files[part].md5 === undefined ? {} : { md5: md5(bytes) };
    return [part, { name, size: plain[part].length, ...sum }];
  });
  const served = packed.map(([part, bytes]) => [`${set.files[part].name}.gz`, bytes]);
  return {
    set: { ...set, files: Object.fromEntries(files) },
    plain,
    served: Object.fromEntries(served),
  };
}

const writeTo = (folder: string, set: IdxSet): string => {
  fs.mkdirSync(folder, { recursive: true });
  const plain = contents(set);
  for (const part of parts) fs.writeFileSync(path.join(folder, set.files[part].name), plain[part]);
  return folder;
};

const zipOf = async (files: Readonly<Record<string, Buffer>>): Promise<Buffer> => {
  const zip = new yazl.ZipFile();
  for (const [name, bytes] of Object.entries(files))
    zip.addBuffer(bytes, name, { compress: false });
  zip.end();
  return buffer(zip.outputStream);
};

describe('fetched from a server', () => {
  const places = () => {
    const cache = temporaryFolder('lenet sets é ');
    return { env: { ...process.env, XDG_CACHE_HOME: cache }, cache };
  };

  test.each([mnist, kmnist, qmnist].map((set) => [set.folder, set] as const))(
    '%s',
    async (_, set) => {
      const { env } = places();
      const small = smallOf(set);
      const mirrors = [await serve({}), await serve(small.served)];
      const { dir } = await fetchSet(small.set, { env, mirrors });
      for (const part of parts) {
        expect(fs.readFileSync(path.join(dir, set.files[part].name))).toEqual(small.plain[part]);
      }
      expect(locateSet(small.set, undefined, { env }).dir).toBe(dir);
      const other = smallOf(set);
      other.served[`${set.files.testLabels.name}.gz`] = gzipSync(Buffer.from('other'));
      const wrong = await serve(other.served);
      await expect(fetchSet(other.set, { env: places().env, mirrors: [wrong] })).rejects.toThrow(
        coded('ERR_DOWNLOAD', 'MD5 differs'),
      );
    },
  );

  test('emnist, out of an archive with other files', async () => {
    const { env, cache } = places();
    const small = smallOf(emnist('letters'));
    const entries = Object.entries(small.served).map(([name, bytes]) => [`gzip/${name}`, bytes]);
    const archive = await zipOf({
      ...Object.fromEntries(entries),
      'gzip/other.gz': Buffer.from('x'),
    });
    const set: IdxSet = { ...small.set, archive: { path: 'gzip.zip', md5: md5(archive) } };
    const mirrors = [await serve({ 'gzip.zip': archive })];
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const { dir } = await fetchSet(set, { env, mirrors, onProgress });
    for (const part of parts) {
      expect(fs.readFileSync(path.join(dir, set.files[part].name))).toEqual(small.plain[part]);
    }
    expect(progress.at(-1)).toBe(archive.length);
    expect(fs.readdirSync(path.join(cache, 'lenet-torch/datasets'))).toEqual(['emnist-letters']);
    const fetchWrong = (wrong: IdxSet) => fetchSet(wrong, { env: places().env, mirrors });
    await expect(
      fetchWrong({ ...set, archive: { path: 'gzip.zip', md5: 'other' } }),
    ).rejects.toThrow(coded('ERR_DOWNLOAD', 'MD5 differs'));
    await expect(fetchWrong({ ...set, download: 1e-5 })).rejects.toThrow(
      coded('ERR_DOWNLOAD', 'more than'),
    );
    const lacking = await zipOf({ 'gzip/other.gz': Buffer.from('x') });
    const bare = { ...set, archive: { path: 'a.zip', md5: md5(lacking) } };
    await expect(
      fetchSet(bare, { env: places().env, mirrors: [await serve({ 'a.zip': lacking })] }),
    ).rejects.toThrow(coded('ERR_DOWNLOAD', 'the archive lacks emnist-letters-train-images'));
  });
});

const values = (set: torch.data.Dataset) => {
  const seen: unknown[] = [];
  for (const batch of new DataLoader(set, { batchSize: 4 }))
    seen.push(batch.map((part) => part.tolist()));
  return seen;
};

describe('read by their classes', () => {
  test.each([
    ['MNIST', mnist, (root: string) => new MNIST({ root, train: false })],
    ['KMNIST', kmnist, (root: string) => new KMNIST({ root, train: false })],
  ] as const)('%s', (name, set, make) => {
    const folder = temporaryFolder();
    writeTo(path.join(folder, name, 'raw'), set);
    const made = make(folder);
    expect(made.classes).toEqual(set.classes);
    expect([made.constructor.name, made.length, made.images.shape]).toEqual([
      name,
      4,
      [4, 1, 2, 3],
    ]);
    expect(made.targets.tolist()).toEqual([0, 1, 2, 3].map(labelOf));
    expect(made.get(1)[0].tolist()).toEqual([
      [
        [40, 41, 42],
        [43, 44, 45],
      ],
    ]);
    expect(() => make(path.join(folder, 'none'))).toThrow(
      coded('ERR_DATA_NOT_FOUND', `npx lenet-torch setup --data-set ${set.folder}`),
    );
  });

  test('EMNIST stands upright', () => {
    const root = writeTo(temporaryFolder(), emnist('letters'));
    const made = new EMNIST('letters', { root, train: false });
    expect([made.split, made.classes.length, made.images.shape]).toEqual([
      'letters',
      27,
      [4, 1, 3, 2],
    ]);
    expect(made.get(1)[0].tolist()).toEqual([
      [
        [40, 43],
        [41, 44],
        [42, 45],
      ],
    ]);
    expect(() => new EMNIST('digits', { root })).toThrow(
      coded('ERR_DATA_NOT_FOUND', 'emnist-digits-train'),
    );
    expect(() => new EMNIST('words' as never)).toThrow(invalid(`split: expected one of 'byclass'`));
    expect(() => new EMNIST('letters', { Train: true } as never)).toThrow(
      invalid(`did you mean 'train'`),
    );
    const moved = made.to(torch.device('cpu'));
    expect([moved.split, moved.constructor.name]).toEqual(['letters', 'EMNIST']);
    expect(values(moved)).toEqual(values(made));
  });

  test('QMNIST has labels of eight numbers', () => {
    const root = writeTo(temporaryFolder(), qmnist);
    const made = (options: object) => new QMNIST({ root, ...options });
    expect(made({}).targets.tolist()).toEqual([0, 1, 2, 3, 4, 5].map(labelOf));
    expect(made({ what: 'test' }).length).toBe(4);
    expect(made({ what: 'train', train: false }).length).toBe(6);
    expect([made({ what: 'test10k' }).length, made({ what: 'test50k' }).length]).toEqual([4, 0]);
    const long = made({ compat: false, train: false });
    expect(long.targets.shape).toEqual([4, 8]);
    expect(long.get(1)[1].tolist()).toEqual([
      4, -630_000, 700_000, -770_000, 840_000, -910_000, 980_000, -1_050_000,
    ]);
    expect(() => made({ what: 'nist' })).toThrow(invalid('what'));
    expect(() => made({ Compat: true })).toThrow(invalid(`did you mean 'compat'`));
    fs.writeFileSync(path.join(root, qmnist.files.trainLabels.name), contents(mnist).trainLabels);
    expect(() => made({})).toThrow(
      coded('ERR_DATA_CORRUPT', 'elements of type int32 (0x0c), found uint8'),
    );
  });

  test('each has a name for commands', () => {
    expect(Object.keys(namedSets).sort()).toEqual(Object.keys(idxSets).sort());
    for (const [name, set] of Object.entries(idxSets)) {
      const root = writeTo(temporaryFolder(), set);
      const made = namedSets[name]!({ root, train: false, transform: (images) => images.mul(2) });
      expect([made.set.name, made.classes, made.length]).toEqual([set.name, set.classes, 4]);
      expect(made.get(0)[0].sum().item()).toBe(30);
    }
  });
});
