import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { atMost } from '../argument/atMost.js';
import type { Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import type { Answerer } from './answerer.js';
import { readSettings, type ServeOptions, type Settings } from './options.js';

export type { ServeOptions } from './options.js';

/** What both kinds of handlers have. */
export interface Served {
  /**
   * Settles when the model has answered for the first time; rejects where it cannot be served. Requests that come before wait.
   */
  readonly ready: Promise<void>;
  /**
   * Takes another network, or the same with other weights, for all that is computed from then on. It is tried first:
   * where it does not fit, the promise rejects and the one before goes on. When it settles, that one computes nothing any
   * more and may be disposed of.
   */
  use(net: Module): Promise<void>;
  /** Refuses requests from now on, and says that it is not ready; settles when those that are in flight are answered. */
  drain(): Promise<void>;
}

/** A listener for node:http, Express and Fastify. */
export interface Handler extends Served {
  (request: IncomingMessage, response: ServerResponse): void;
}

/** A handler for servers that pass a `Request` and take a `Response`, and for Hono. */
export interface FetchHandler extends Served {
  (request: Request): Promise<Response>;
}

/**
 * Serves a network over HTTP: `POST /predict`, the Open Inference Protocol v2, `GET /metrics`, `GET /openapi.json` and
 * a page at `/`, as docs/serve.md says. Requests of one moment are computed together.
 *
 * @param net - Takes float32 `(N, C, H, W)` and gives scores `(N, K)`; computed in evaluation mode, where its
 *   parameters are. Weights may be changed at any time.
 * @returns A listener for `http.createServer`, `app.use` of Express, or a raw request and reply of Fastify.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module, and for wrong options.
 * @example compile
 * import { createServer } from 'node:http';
 * const predict = torch.serve.handler(net, { classes: data.FashionMNIST.classes });
 * createServer(predict).listen(8080); // POST /predict
 */
export function handler(net: Module, options?: ServeOptions): Handler {
  atMost('serve.handler', 2, arguments.length);
  const loading = begin('serve.handler', net, options);
  let listener: RequestListener | undefined;
  const loaded = Promise.all([loading, import('./node.js')]).then(([answerer, { listenerOf }]) => {
    listener = listenerOf(answerer);
    return listener;
  });
  loaded.catch(() => {});
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (listener !== undefined) listener(request, response);
    else
      loaded.then(
        (each) => each(request, response),
        (error) => response.destroy(error),
      );
  };
  return Object.assign(handle, served(loading));
}

/**
 * As {@link handler}, for servers that pass a `Request` and take a `Response`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module, and for wrong options.
 * @example
 * const predict = torch.serve.fetchHandler(net, { classes: data.FashionMNIST.classes });
 * const response = await predict(new Request('http://localhost/openapi.json'));
 * response.status; // → 200
 * await predict.drain();
 */
export function fetchHandler(net: Module, options?: ServeOptions): FetchHandler {
  atMost('serve.fetchHandler', 2, arguments.length);
  const loading = begin('serve.fetchHandler', net, options);
  const loaded = Promise.all([loading, import('./fetch.js')]);
  loaded.catch(() => {});
  const handle = async (request: Request): Promise<Response> => {
    const [answerer, { respond }] = await loaded;
    return respond(answerer, request);
  };
  return Object.assign(handle, served(loading));
}

// Here and not above: importing the package loads nothing that serves.
async function load(net: Module, settings: Settings): Promise<Answerer> {
  const [{ Answerer }, { Service }] = await Promise.all([
    import('./answerer.js'),
    import('./service.js'),
  ]);
  return new Answerer(new Service(net, settings));
}

function begin(what: string, net: Module, options: ServeOptions | undefined): Promise<Answerer> {
  requireModule(what, net);
  return load(net, readSettings(what, options));
}

function served(loading: Promise<Answerer>): Served {
  const ready = loading.then(({ service }) => service.ready);
  // Each request says why; nobody has to listen here.
  ready.catch(() => {});
  return {
    ready,
    use: async (net) => {
      requireModule('use', net);
      return (await loading).service.use(net);
    },
    drain: async () => (await loading).service.drain(),
  };
}
