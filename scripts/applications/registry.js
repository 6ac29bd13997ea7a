// A registry of npm's that has the packed packages too, so that installers get them as users do: by their names, with
// what they name as optional dependencies. All else it passes on to the machine's own registry.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

// Some installers wait for a release to be some days old.
const released = '2020-01-01T00:00:00.000Z';

/**
 * @param packed - As of `packAll`.
 * @param upstream - The machine's own registry.
 * @returns Its address, and how to end it.
 */
export async function startRegistry(packed, upstream) {
  const own = new Map(packed.map((each) => [each.name, each]));
  const server = createServer((request, response) => {
    answer(request, own, upstream, `http://127.0.0.1:${server.address().port}/`).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error) => response.writeHead(502).end(error.message),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => server.close().closeAllConnections(),
  };
}

async function answer(request, own, upstream, address) {
  const url = decodeURIComponent(request.url.slice(1).split('?')[0]);
  const [, name, file] = /^((?:@[^/]+\/)?[^/]+)(?:\/-\/(?:@[^/]+\/)?([^/]+))?$/.exec(url) ?? [];
  const found = own.get(name);
  if (!found) return passOn(request, upstream);
  if (file) return { status: 200, headers: {}, body: fs.readFileSync(found.file) };
  const body = JSON.stringify(document(found, address));
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function document({ name, file, manifest }, address) {
  const bytes = fs.readFileSync(file);
  const { version } = manifest;
  const dist = {
    tarball: `${address}${name}/-/${path.basename(file)}`,
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
  };
  return {
    ...{ _id: name, name, 'dist-tags': { latest: version } },
    versions: { [version]: { _id: `${name}@${version}`, ...manifest, dist } },
    time: { created: released, modified: released, [version]: released },
  };
}

async function passOn(request, upstream) {
  const { method, url } = request;
  const { host: _, connection: __, ...headers } = request.headers;
  const chunks = [];
  if (method !== 'GET' && method !== 'HEAD') {
    for await (const chunk of request) chunks.push(chunk);
  }
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const got = await fetch(new URL(url.slice(1), upstream), { method, headers, body });
  const answer = Object.fromEntries(got.headers);
  // What fetch has unpacked already.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection']) {
    delete answer[name];
  }
  return { status: got.status, headers: answer, body: Buffer.from(await got.arrayBuffer()) };
}
