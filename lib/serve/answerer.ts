import { TorchError } from '../error.js';
import { described, jsonReply, type Reply, statusOf } from '../http/reply.js';
import type { Ask } from './ask.js';
import { type Route, routesOf } from './routes.js';
import type { Service } from './service.js';

// What is asked by which method.
const reads: Readonly<Record<string, 'GET' | 'POST' | 'PUT'>> = Object.assign(Object.create(null), {
  GET: 'GET',
  HEAD: 'GET',
  POST: 'POST',
  PUT: 'PUT',
});

/** Answers the requests of a service, whichever server they come to. */
export class Answerer {
  readonly service: Service;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(service: Service) {
    this.service = service;
    this.#routes = routesOf(service);
  }

  /** The answer to a request; an error is one, too. */
  async answer(ask: Ask): Promise<Reply> {
    const { service } = this;
    const start = performance.now();
    const mark = ask.url.indexOf('?');
    const path = mark < 0 ? ask.url : ask.url.slice(0, mark);
    const query = mark < 0 ? '' : ask.url.slice(mark);
    const route = this.#routes.get(path);
    service.enter();
    let held = 0;
    let reply: Reply;
    try {
      const answer = this.#find(route, ask.method, path);
      if (route!.computes) held = service.hold(ask.header('content-length'));
      reply = await answer(ask, query);
    } catch (error) {
      reply = this.#refusal(error, route, path);
    }
    service.release(held);
    service.leave();
    service.measures.onAnswer(route?.name ?? 'other', reply.status, performance.now() - start);
    return reply;
  }

  #find(route: Route | undefined, method: string, path: string) {
    if (route === undefined) {
      throw new TorchError('ERR_NOT_FOUND', `there is nothing at ${JSON.stringify(path)}`);
    }
    const read = reads[method];
    const answer = read && route[read];
    if (answer === undefined) {
      throw new TorchError('ERR_METHOD', `expected ${methodsOf(route)}, found ${method}`);
    }
    if (route.computes && this.service.isDraining) {
      throw new TorchError('ERR_CLOSING', 'this server is about to end');
    }
    return answer;
  }

  #refusal(error: unknown, route: Route | undefined, path: string): Reply {
    const status = statusOf(error);
    if (status === 500) this.service.measures.onFailure(error);
    const told = described(error);
    // The protocol has a text there.
    const isProtocol = path.startsWith('/v2');
    const value = { error: isProtocol ? `${told.code}: ${told.message}` : told };
    return jsonReply(value, status, {
      ...(status === 405 && { Allow: methodsOf(route!) }),
      // After a second the queue is another one.
      ...(status === 503 && { 'Retry-After': '1' }),
    });
  }
}

const methodsOf = (route: Route): string =>
  Object.keys(reads)
    .filter((method) => route[reads[method]!] !== undefined)
    .join(', ');
