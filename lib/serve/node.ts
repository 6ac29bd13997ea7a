import type { IncomingMessage, ServerResponse } from 'node:http';

import { readBody } from '../http/body.js';
import { send } from '../http/reply.js';
import { originForm } from '../http/target.js';
import type { Answerer } from './answerer.js';
import type { Ask } from './ask.js';

class NodeAsk implements Ask {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get method(): string {
    return this.#request.method!;
  }

  get url(): string {
    return originForm(this.#request.url);
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  body(limit: number): Promise<Uint8Array> {
    return readBody(this.#request, limit);
  }

  isGone(): boolean {
    return this.#response.destroyed;
  }
}

/** A listener of node:http. */
export const listenerOf =
  (answerer: Answerer) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    void answerer.answer(new NodeAsk(request, response)).then((reply) => {
      if (answerer.service.isDraining) response.setHeader('Connection', 'close');
      send(response, reply);
    });
  };
