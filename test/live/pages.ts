// A page's server as a browser speaks to it, without a browser.
import { get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

import * as torch from '../../lib/index.js';

// Threads wait for each other spinning: on a busy machine that takes most of the time of small trainings.
torch.setNumThreads(1);

/** A page that ends with the test. */
export async function shown(options: torch.LiveOptions = {}): Promise<torch.LivePage> {
  const page = await torch.live(options);
  onTestFinished(() => page.close());
  return page;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the path answers
  readonly body: any;
}

const originOf = (address: string): string => new URL(address).origin;

export async function ask(address: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(originOf(address) + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

/** A request that needs the token, which the address has. */
export function order(address: string, path: string, body?: object): Promise<Answer> {
  const headers = { Authorization: `Bearer ${new URL(address).searchParams.get('token')}` };
  return ask(address, path, {
    method: 'POST',
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** What `values` of an answer holds. */
export function unpacked({ values }: { values: string }): Float32Array {
  const bytes = Buffer.from(values, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

export interface Event {
  readonly id: number;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the event tells
  readonly data: any;
}

/** An open page: the events that it was told. */
export class OpenPage {
  readonly events: Event[] = [];
  /** When the server has ended the stream. */
  readonly end: Promise<void>;
  readonly response: IncomingMessage;
  #rest = '';
  #waiting: (() => void)[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.end = new Promise((resolve) => {
      response.on('error', () => {}).on('close', resolve);
    });
  }

  static open(address: string, lastId?: number): Promise<OpenPage> {
    const headers = lastId === undefined ? {} : { 'Last-Event-ID': String(lastId) };
    return new Promise((resolve, reject) => {
      const request = get(`${originOf(address)}/api/events`, { headers }, (response) => {
        const page = new OpenPage(response);
        onTestFinished(() => page.close());
        resolve(page);
      });
      request.on('error', reject);
    });
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const [id, name, data] = [field('id'), field('event'), field('data')];
      if (name === undefined) continue;
      this.events.push({ id: Number(id), name, data: JSON.parse(data!) });
    }
    for (const look of this.#waiting) look();
  }

  /** The first event that fits, of those that were told or will be. */
  async until(fits: (event: Event) => boolean): Promise<Event> {
    for (let at = 0; ; ) {
      while (at < this.events.length) {
        const event = this.events[at++]!;
        if (fits(event)) return event;
      }
      await new Promise<void>((resolve, reject) => {
        this.#waiting = [resolve];
        this.end.then(() => reject(new Error('the stream ended before that event')));
      });
    }
  }

  /** Until a run is in a state. */
  state(state: string): Promise<Event> {
    return this.until(({ name, data }) => name === 'state' && data.state === state);
  }

  close(): void {
    this.response.destroy();
  }
}
