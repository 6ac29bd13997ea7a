// Shows a folder of pages on this machine.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Resolves to `{ address, close }` once it listens. */
export async function serve(folder, port = 0) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const asked = path.join(folder, path.posix.normalize(decodeURIComponent(pathname)));
    const candidates = [asked, path.join(asked, 'index.html'), `${asked}.html`];
    const file = candidates.find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
    const shown = file ?? path.join(folder, '404.html');
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': types[path.extname(shown)] ?? 'application/octet-stream',
    });
    fs.createReadStream(shown).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${server.address().port}/`;
  return { address, close: () => new Promise((resolve) => server.close(resolve)) };
}
