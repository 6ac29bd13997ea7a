// Where the page's answers come from: the server, or the file that the page was saved as.

/** What is looked at: pixels, and how a saved file finds its answer. */
export interface Picture {
  /** uint8 pixels, or a picture's file. */
  readonly body: Uint8Array<ArrayBuffer> | Blob;
  /** Which test image it is, where it is one unchanged. */
  readonly index: number | undefined;
}

export interface Source {
  readonly isSaved: boolean;
  /** The test images that a saved file holds; a server holds all, and names none. */
  readonly images: readonly number[];
  get<T>(path: string): Promise<T>;
  /** Asks about a picture: changes nothing on the server. */
  ask<T>(path: string, picture: Picture, signal?: AbortSignal): Promise<T>;
  /** Starts, stops or deletes: needs the token. */
  order<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T>;
}

/** What the server said when it refused. */
class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  let error: { code?: string; message?: string } = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // Not from this server, or cut off: its status has to do.
  }
  throw new Refused(error.message ?? `the server answered ${response.status}`, error.code ?? '');
}

function server(token: string): Source {
  return {
    isSaved: false,
    images: [],
    get: async (path) => answer(await fetch(path)),
    ask: async (path, { body }, signal) => {
      const type = body instanceof Blob ? body.type : 'application/octet-stream';
      const headers = { 'Content-Type': type };
      return answer(
        await fetch(path, { method: 'POST', body, headers, ...(signal ? { signal } : {}) }),
      );
    },
    order: async (method, path, body) => {
      const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      return answer(await fetch(path, { method, headers, ...given }));
    },
  };
}

function saved(answers: Readonly<Record<string, unknown>>): Source {
  const find = async <T>(path: string): Promise<T> => {
    if (path in answers) return answers[path] as T;
    throw new Refused('this is not in the saved file', 'ERR_NOT_FOUND');
  };
  return {
    isSaved: true,
    images: Object.keys(answers).flatMap((path) => {
      const [, index] = /^\/api\/images\/(\d+)\?/.exec(path) ?? [];
      return index === undefined ? [] : [Number(index)];
    }),
    get: find,
    ask: (path, { index }) => find(`${path}&image=${index}`),
    order: () => Promise.reject(new Refused('this is a saved file', 'ERR_FORBIDDEN')),
  };
}

/** The source of this page. */
export function openSource(): Source {
  const answers = document.getElementById('answers')?.textContent;
  if (answers) return saved(JSON.parse(answers) as Record<string, unknown>);
  return server(new URLSearchParams(location.search).get('token') ?? '');
}

/** `'/api/runs/NAME…'` */
export const runPath = (name: string, rest = ''): string =>
  `/api/runs/${encodeURIComponent(name)}${rest}`;
