import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { TorchError } from '../error.js';
import { close, listen } from '../http/listen.js';
import { errorReply, type Reply, send } from '../http/reply.js';
import { originForm } from '../http/target.js';
import { type Guarded, requireOwnPage, requireToken } from './guard.js';
import { type Route, routes } from './routes.js';
import { type Knowledge, Shelf } from './shelf.js';
import { Stream } from './stream.js';

/** Where a page is to be, and what it is to show. */
export interface Wanted extends Knowledge {
  readonly folders: readonly string[];
  readonly host: string;
  readonly port: number;
}

// Of nobody else's: no scripts, frames or connections but the page's own.
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

// What is being answered when a page's server ends.
const graceMs = 200;

/** A page's server: it listens from the beginning, for nothing shall be trained where it cannot. */
export class PageServer {
  readonly shelf: Shelf;
  readonly stream: Stream;
  readonly token: string;
  readonly port: number;
  /** With the token. */
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, shelf: Shelf, stream: Stream, at: Guarded, url: string) {
    this.#server = server;
    this.shelf = shelf;
    this.stream = stream;
    this.token = at.token;
    this.port = at.port;
    this.address = `${url}/?token=${at.token}`;
  }

  /** @throws {TorchError} `ERR_PORT_IN_USE`, `ERR_PORT_DENIED`, `ERR_HOST_NOT_FOUND`, `ERR_RUN_NOT_FOUND`. */
  static async start(
    { folders, host, port, ...knowledge }: Wanted,
    onPages: (count: number) => void,
  ): Promise<PageServer> {
    const token = randomBytes(18).toString('base64url');
    const stream = new Stream(onPages);
    let answer = (_: IncomingMessage, response: ServerResponse): void => {
      response.destroy();
    };
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (...given) =>
      answer(...given),
    );
    const place = await listen(server, { host, port });
    // A broken connection is its client's matter.
    server.on('clientError', (_, socket) => socket.destroy());
    try {
      const shelf = await Shelf.open(folders, stream, knowledge);
      const at = { host, port: place.port, token };
      answer = (request, response) => void respond(request, response, shelf, stream, at);
      return new PageServer(server, shelf, stream, at, place.url);
    } catch (error) {
      await close(server, 0);
      throw error;
    }
  }

  /** Lets all pages go, and ends. */
  async close(): Promise<void> {
    this.shelf.close();
    this.stream.close();
    await close(this.#server, graceMs);
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  shelf: Shelf,
  stream: Stream,
  at: Guarded,
): Promise<void> {
  response.on('error', () => {});
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  try {
    requireOwnPage(request, at);
    const url = urlOf(request.url);
    // Node leaves the body of an answer to HEAD out.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (url.pathname === '/api/events') {
      if (request.method === 'GET') return stream.join(request, response);
      return send(response, methodReply(request, ['GET']));
    }
    const found = routesAt(url.pathname);
    const right = found.find(({ route }) => route.method === method);
    if (right === undefined) {
      const methods: string[] = found.map(({ route }) => route.method);
      // Who may read may ask for the headers alone.
      if (methods.includes('GET')) methods.push('HEAD');
      return send(response, methodReply(request, methods));
    }
    const { route, parts } = right;
    if (route.needsToken) requireToken(request, at);
    send(response, await route.answer({ request, query: url.searchParams, parts, shelf }));
  } catch (error) {
    send(response, errorReply(error));
  }
}

// `//` is a path, too.
function urlOf(target?: string): URL {
  const path = originForm(target);
  if (path.startsWith('/') && URL.canParse(`http://page${path}`))
    return new URL(`http://page${path}`);
  throw new TorchError('ERR_NOT_FOUND', `there is nothing at ${target}`);
}

function routesAt(path: string) {
  const found = routes.flatMap((route: Route) => {
    const match = route.path.exec(path);
    return match === null ? [] : [{ route, parts: match.slice(1).map(decoded) }];
  });
  if (found.length === 0) throw new TorchError('ERR_NOT_FOUND', `there is nothing at ${path}`);
  return found;
}

function methodReply({ url, method }: IncomingMessage, methods: readonly string[]): Reply {
  const expected = methods.join(', ');
  const error = new TorchError('ERR_METHOD', `${url}: expected ${expected}, got ${method}`);
  return errorReply(error, { Allow: expected });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TorchError('ERR_REQUEST', `the path is not encoded as UTF-8: ${part}`);
  }
}
