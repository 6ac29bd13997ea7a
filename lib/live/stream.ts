import type { IncomingMessage, ServerResponse } from 'node:http';

import { toJson } from '../run/json.js';

/** What pages are told, by name. */
export type EventName = 'steps' | 'epoch' | 'state' | 'runs';

interface Told {
  readonly id: number;
  readonly text: string;
}

// What a page that comes back may have missed: some minutes at ten events a second.
const mostKept = 4096;
const mostKeptBytes = 2 ** 22;
// What may wait for one page. One that reads slower is let go; it comes back and is told what it missed, or to begin anew.
const mostWaiting = 2 ** 20;
const mostPages = 256;
const heartbeatMs = 15_000;

/** The event stream: everything that is told goes to every page, in the same order. */
export class Stream {
  readonly #pages = new Set<ServerResponse>();
  readonly #onPages: (count: number) => void;
  #kept: Told[] = [];
  #keptBytes = 0;
  #lastId = 0;
  #hadPages = false;
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param onPages - Told how many pages there are when one has come or gone. */
  constructor(onPages: (count: number) => void = () => {}) {
    this.#onPages = onPages;
  }

  get pages(): number {
    return this.#pages.size;
  }

  /** Whether there ever was one. */
  get hadPages(): boolean {
    return this.#hadPages;
  }

  /** Answers a request for the stream; the answer ends when the page goes, or all does. */
  join(request: IncomingMessage, response: ServerResponse): void {
    if (this.#pages.size >= mostPages) {
      response.writeHead(503, { 'Retry-After': '10' }).end();
      return;
    }
    request.socket.setNoDelay(true);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    this.#pages.add(response);
    this.#hadPages = true;
    response.on('close', () => this.#leave(response));
    response.on('error', () => this.#leave(response));
    response.write('retry: 1000\n\n');
    this.#catchUp(response, request.headers['last-event-id']);
    this.#heartbeat ??= setInterval(() => this.#send(': \n\n'), heartbeatMs).unref();
    this.#onPages(this.#pages.size);
  }

  // A page that comes back gets what it missed. One that is new, speaks of another server's events, or was gone too long is
  // to ask for everything.
  #catchUp(response: ServerResponse, last: string | string[] | undefined): void {
    const seen = /^\d{1,15}$/.test(String(last)) ? Number(last) : undefined;
    const first = this.#kept[0]?.id ?? this.#lastId + 1;
    if (seen !== undefined && seen <= this.#lastId && seen >= first - 1) {
      for (const { id, text } of this.#kept) if (id > seen) response.write(text);
      return;
    }
    // Its id: what is told from here on is missed by nobody who comes back.
    response.write(`id: ${this.#lastId}\nevent: reset\ndata: {}\n\n`);
  }

  #leave(response: ServerResponse): void {
    if (!this.#pages.delete(response)) return;
    if (this.#pages.size === 0) {
      clearInterval(this.#heartbeat);
      this.#heartbeat = undefined;
    }
    this.#onPages(this.#pages.size);
  }

  tell(name: EventName, data: object): void {
    const id = ++this.#lastId;
    const text = `id: ${id}\nevent: ${name}\ndata: ${toJson(data)}\n\n`;
    this.#kept.push({ id, text });
    this.#keptBytes += text.length;
    let gone = 0;
    while (this.#kept.length - gone > mostKept || this.#keptBytes > mostKeptBytes) {
      this.#keptBytes -= this.#kept[gone++]!.text.length;
    }
    if (gone > 0) this.#kept = this.#kept.slice(gone);
    this.#send(text);
  }

  #send(text: string): void {
    for (const page of this.#pages) {
      // It is not waited for, and nothing grows.
      if (page.writableLength > mostWaiting) page.destroy();
      else page.write(text);
    }
  }

  /** Lets all pages go. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const page of this.#pages) page.destroy();
  }
}
