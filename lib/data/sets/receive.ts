import { describeProxy, fetchThrough, proxyFor } from './proxy.js';

const connectTimeoutMs = 4_000;
// A proxy may look at files before it hands them on.
const proxyTimeoutMs = 20_000;
const idleTimeoutMs = 15_000;

/** Whom to ask through, and when to stop. */
export interface ReceiveOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pieces of an answer, through the proxy that the environment names.
 * @param onPiece - Told after each piece how many bytes the answer says it has, 0 where it does not.
 */
export async function* receive(
  url: URL,
  options: ReceiveOptions,
  onPiece?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const silence = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, silence.signal])
    : silence.signal;
  const quiet = (ms: number, what: string) =>
    setTimeout(() => silence.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  const proxy = proxyFor(url, options.env ?? process.env);
  let timer = quiet(proxy ? proxyTimeoutMs : connectTimeoutMs, 'no answer');
  try {
    const response = await fetchThrough(proxy, url, signal);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const expected = Number(response.headers.get('content-length'));
    clearTimeout(timer);
    timer = quiet(idleTimeoutMs, 'no data');
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield chunk;
      onPiece?.(expected);
    }
  } catch (error) {
    if (proxy === undefined || options.signal?.aborted) throw error;
    throw new Error(`${oneLine(error)} ${describeProxy(proxy)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** What an error says, in one line. */
export function oneLine(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: string };
  const said = stderr?.split('\n').findLast((line) => line.startsWith('E:'));
  // fetch says "fetch failed" and keeps the reason in its causes; codes of its own say less than its words.
  let cause = error as NodeJS.ErrnoException;
  while (cause.cause instanceof Error) cause = cause.cause;
  const code = cause === error || cause.code?.startsWith('UND_') ? undefined : cause.code;
  return said ?? code ?? (cause.message || message).split('\n')[0]!;
}
