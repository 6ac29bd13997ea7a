import { TorchError } from '../error.js';
import type { Answerer } from './answerer.js';
import type { Ask } from './ask.js';

class FetchAsk implements Ask {
  readonly #request: Request;
  readonly method: string;
  readonly url: string;

  constructor(request: Request) {
    const { pathname, search } = new URL(request.url);
    this.#request = request;
    this.method = request.method;
    this.url = pathname + search;
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  async body(limit: number): Promise<Uint8Array> {
    const tooLarge = (): TorchError =>
      new TorchError('ERR_BODY_TOO_LARGE', `expected a body of at most ${limit} bytes, got more`);
    if (Number(this.header('content-length')) > limit) throw tooLarge();
    const { body } = this.#request;
    if (body === null) return new Uint8Array(0);
    if (this.#request.bodyUsed) {
      throw new TorchError('ERR_REQUEST', 'the body has been read already');
    }
    const pieces: Uint8Array[] = [];
    let size = 0;
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new TorchError('ERR_REQUEST', 'the client went away before its body had ended');
      });
      if (done) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size);
      size += value.length;
      if (size > limit) {
        void reader.cancel().catch(() => {});
        throw tooLarge();
      }
      pieces.push(value);
    }
  }

  isGone(): boolean {
    return this.#request.signal.aborted;
  }
}

/** Answers a `Request`. */
export async function respond(answerer: Answerer, request: Request): Promise<Response> {
  const { status, headers, body } = await answerer.answer(new FetchAsk(request));
  // TypeScript thinks of bytes that other threads share.
  const given = request.method === 'HEAD' ? null : (body as string | Uint8Array<ArrayBuffer>);
  return new Response(given, { status, headers });
}
