// A load generator in a process of its own: sockets that send the same request again when its answer is there. It costs a
// fraction of what a client with parsed headers does, so that the server is what is measured. It reads an order on
// stdin, { port, connections, file, seconds | requests }, and answers with a line of JSON.
import { once } from 'node:events';
import fs from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const blank = Buffer.from('\r\n\r\n');

function requestOf(file) {
  const body = fs.readFileSync(file);
  const type = file.endsWith('.png') ? 'image/png' : 'application/octet-stream';
  const head = `POST /predict HTTP/1.1\r\nHost: bench\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

// Some at a time, and before the clock starts: of hundreds at once some wait a second until they are tried again,
// which says nothing of the server.
async function connected(port, connections) {
  const sockets = [];
  while (sockets.length < connections) {
    const more = Array.from({ length: Math.min(16, connections - sockets.length) }, () =>
      connect({ port, host: '127.0.0.1', noDelay: true }),
    );
    await Promise.all(more.map((socket) => once(socket, 'connect')));
    sockets.push(...more);
  }
  return sockets;
}

async function load({
  port,
  connections,
  file,
  seconds = Number.POSITIVE_INFINITY,
  requests = Number.POSITIVE_INFINITY,
}) {
  const request = requestOf(file);
  const sockets = await connected(port, connections);
  const times = [];
  let errors = 0;
  let sent = 0;
  const start = performance.now();
  const until = start + seconds * 1000;
  const ends = sockets.map((socket) => {
    let since = 0;
    let held = null;
    const send = () => {
      if (performance.now() >= until || sent >= requests) return socket.end();
      sent++;
      since = performance.now();
      socket.write(request);
    };
    socket.on('data', (piece) => {
      const data = held === null ? piece : Buffer.concat([held, piece]);
      const head = data.indexOf(blank);
      const length = head < 0 ? -1 : lengthIn(data.latin1Slice(0, head));
      if (head < 0 || data.length < head + 4 + length) {
        held = data;
        return;
      }
      held = null;
      times.push(performance.now() - since);
      // HTTP/1.1 200
      if (data[9] !== 50) errors++;
      send();
    });
    socket.on('error', () => errors++);
    send();
    return new Promise((resolve) => socket.on('close', resolve));
  });
  await Promise.all(ends);
  const elapsed = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)] ?? 0;
  return {
    perSecond: times.length / elapsed,
    count: times.length,
    errors,
    p50: at(0.5),
    p99: at(0.99),
  };
}

const lengthIn = (head) => Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await load(JSON.parse(line))));
}
