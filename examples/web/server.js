// Serves the page, a folder with lenet.onnx and images.bin, and ONNX Runtime's files.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = dirname(fileURLToPath(import.meta.url));
const runtime = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web')));
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** @returns The server, listening on this machine only. Port 0: any free one. */
export async function serve(folder, port = 0) {
  const files = new Map([
    ['/', join(page, 'index.html')],
    ...['page.js', 'classify.js'].map((name) => [`/${name}`, join(page, name)]),
    ...['lenet.onnx', 'images.bin'].map((name) => [`/${name}`, join(folder, name)]),
    ...['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs'].map(
      (name) => [`/ort/${name}`, join(runtime, name)],
    ),
  ]);
  const server = createServer(async ({ url }, response) => {
    const file = files.get(url);
    if (file === undefined) return response.writeHead(404).end();
    const type = types[extname(file)] ?? 'application/octet-stream';
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { 'Content-Type': type }).end(bytes);
    } catch ({ message }) {
      response.writeHead(404).end(message); // the network is trained before it is there
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}
