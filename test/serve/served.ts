// A network behind node:http, for the time of a test.
import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished } from 'vitest';

import { listen } from '../../lib/http/listen.js';
import * as torch from '../../lib/index.js';

type Body = NonNullable<RequestInit['body']>;

export function lenet(seed = 0): torch.LeNet {
  torch.manualSeed(seed);
  return new torch.LeNet();
}

/** Where a listener is reached. */
export async function listening(listener: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server, { host: '127.0.0.1', port: 0 });
}

export async function served(
  options: torch.serve.ServeOptions = {},
  net: torch.nn.Module = lenet(),
) {
  const handler = torch.serve.handler(net, options);
  const { url, port } = await listening(handler);
  const post = (path: string, body: Body, headers: Record<string, string> = {}) =>
    fetch(url + path, { method: 'POST', body, headers });
  return { handler, net, url, port, post };
}

/** Images that differ, as bytes. */
export function pixels(count: number, size = 784): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count * size }, (_, i) => (i * 31 + Math.floor(i / size)) % 256);
}

/** What the package itself says of images: classes by score, as the service writes them. */
export async function expected(net: torch.nn.Module, images: Uint8Array, top: number) {
  const { classes } = torch.data.FashionMNIST;
  const rows = (await torch.predict(net, images)).softmax(1).tolist() as number[][];
  return rows.map((row) =>
    row
      .map((score, label) => ({ label: classes[label], score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, top)
      .map(({ label, score }) => ({ label, score: expect.closeTo(score, 5) })),
  );
}

/** Sends bytes as they are, and gives all that came back until the other side closed. */
export function exchange(port: number, ...pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.setEncoding('latin1').on('data', (text) => {
      said += text;
    });
    socket
      .on('close', () => resolve(said))
      .on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
      });
    for (const piece of pieces) socket.write(piece);
  });
}
