import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { TorchError } from '../../lib/error.js';
import { readBody } from '../../lib/http/body.js';
import { close, listen } from '../../lib/http/listen.js';
import { described, errorReply, jsonReply, send, statusOf } from '../../lib/http/reply.js';
import { coded } from '../coded.js';

const here = { host: '127.0.0.1', port: 0 };

function serverOf(listener: RequestListener): Server {
  const server = createServer(listener);
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return server;
}

/** A server that answers with the length of the body, or the error. */
const measuring = (limit: number, ends: string[] = []): Server =>
  serverOf((request, response) => {
    readBody(request, limit).then(
      (body) => send(response, jsonReply({ length: body.length })),
      (error) => {
        ends.push(error.code);
        send(response, errorReply(error));
      },
    );
  });

/** Sends bytes as they are, and says all that came back until the other side closed. */
async function exchange(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('latin1').on('data', (text) => {
    said += text;
  });
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return said;
}

test('listening says where, with the port that was free', async () => {
  const server = serverOf(() => {});
  const { port, url, host } = await listen(server, here);
  expect(port).toBe((server.address() as AddressInfo).port);
  expect([host, url]).toEqual(['127.0.0.1', `http://127.0.0.1:${port}`]);
});

test('addresses that a URL cannot hold are written so that it can', async () => {
  const everywhere = await listen(
    serverOf(() => {}),
    { host: '0.0.0.0', port: 0 },
  );
  expect(everywhere.url).toBe(`http://127.0.0.1:${everywhere.port}`);
});

test('a port in use, and a host that is not here, are said', async () => {
  const { port } = await listen(
    serverOf(() => {}),
    here,
  );
  await expect(
    listen(
      serverOf(() => {}),
      { ...here, port },
    ),
  ).rejects.toThrow(coded('ERR_PORT_IN_USE', `port ${port} on 127.0.0.1 is in use`));
  await expect(
    listen(
      serverOf(() => {}),
      { host: 'nowhere.invalid', port: 0 },
    ),
  ).rejects.toThrow(coded('ERR_HOST_NOT_FOUND', 'nowhere.invalid'));
  // Of the block for documentation: nobody's.
  await expect(
    listen(
      serverOf(() => {}),
      { host: '192.0.2.1', port: 0 },
    ),
  ).rejects.toThrow(coded('ERR_HOST_NOT_FOUND', '192.0.2.1 is no name or address of this machine'));
});

test('a port that is not permitted is said; the system is asked, or where it permits all, its error', async () => {
  const server = serverOf(() => {});
  server.listen = (() => {
    const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    queueMicrotask(() => server.emit('error', error));
    return server;
  }) as Server['listen'];
  await expect(listen(server, { host: '127.0.0.1', port: 80 })).rejects.toThrow(
    coded('ERR_PORT_DENIED', /port 80 .* those below 1024 are for privileged users/),
  );
});

test('a server that failed to listen can listen elsewhere', async () => {
  const { port } = await listen(
    serverOf(() => {}),
    here,
  );
  const server = serverOf(() => {});
  await expect(listen(server, { ...here, port })).rejects.toThrow(coded('ERR_PORT_IN_USE'));
  await expect(listen(server, here)).resolves.toHaveProperty('host', '127.0.0.1');
});

test('closing waits for answers, and cuts off what does not come in time', async () => {
  let answer = (): void => {};
  const server = serverOf((_, response) => {
    answer = () => response.end('late');
  });
  const { url } = await listen(server, here);
  const asked = once(server, 'request');
  const reply = fetch(url).then((response) => response.text());
  await asked;
  const closed = close(server, 60_000);
  answer();
  expect(await reply).toBe('late');
  await closed;
  expect(server.listening).toBe(false);

  const stuck = serverOf(() => {});
  const place = await listen(stuck, here);
  const begun = once(stuck, 'request');
  const cut = fetch(place.url).catch(() => 'cut off');
  await begun;
  await close(stuck, 10);
  expect(await cut).toBe('cut off');
  await close(stuck, 10);
});

test.each([0, 1, 100])('bodies of %d bytes are read whole', async (length) => {
  const { url } = await listen(measuring(100), here);
  const reply = await fetch(url, { method: 'POST', body: Buffer.alloc(length) });
  expect(await reply.json()).toEqual({ length });
});

test('a body in many pieces is put together', async () => {
  const { port } = await listen(measuring(1 << 20), here);
  const pieces = Array.from({ length: 50 }, () => Buffer.alloc(1000, 'x'));
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 50000\r\n\r\n';
  expect(await exchange(port, head, ...pieces)).toContain('{"length":50000}');
});

test('a body beyond the limit is a 413, whether its length is said or not', async () => {
  const { port, url } = await listen(measuring(100), here);
  const reply = await fetch(url, { method: 'POST', body: Buffer.alloc(5_000_000) });
  expect(reply.status).toBe(413);
  expect(await reply.json()).toEqual({
    error: {
      code: 'ERR_BODY_TOO_LARGE',
      message: 'expected a body of at most 100 bytes, got more',
    },
  });
  const chunked =
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = `80\r\n${'x'.repeat(128)}\r\n`;
  expect(await exchange(port, chunked, chunk, chunk, '0\r\n\r\n')).toContain('413 Payload');
});

test('a client that goes away in its body is an error, and nothing is sent to it', async () => {
  const ends: string[] = [];
  const server = measuring(100, ends);
  const { port } = await listen(server, here);
  const asked = once(server, 'request');
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhalf');
  const [request] = await asked;
  const gone = new Promise((resolve) => request.once('close', resolve));
  socket.destroy();
  await gone;
  expect(ends).toEqual(['ERR_REQUEST']);
});

test('a body that was read before is said', async () => {
  const server = serverOf(async (request, response) => {
    request.resume();
    await once(request, 'end');
    await readBody(request, 100).catch((error) => send(response, errorReply(error)));
  });
  const { url } = await listen(server, here);
  const reply = await fetch(url, { method: 'POST', body: 'abc' });
  expect(reply.status).toBe(400);
  expect(((await reply.json()) as { error: { message: string } }).error.message).toContain(
    'has been read already',
  );
});

test('each code has its status, and what has none tells nothing of the server', () => {
  expect(statusOf(new TorchError('ERR_IMAGE', 'x'))).toBe(400);
  expect(statusOf(new TorchError('ERR_NOT_FOUND', 'x'))).toBe(404);
  expect(statusOf(new TorchError('ERR_LIBTORCH', 'x'))).toBe(500);
  for (const strange of [new Error('/etc/secret'), undefined, null, 'text']) {
    expect(statusOf(strange)).toBe(500);
    expect(described(strange)).toEqual({ code: 'ERR_INTERNAL', message: 'the server failed' });
  }
});
