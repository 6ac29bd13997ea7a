import type { IncomingMessage } from 'node:http';

import { TorchError } from '../error.js';
import { readBody } from '../http/body.js';
import type { Reply } from '../http/reply.js';
import { toJson } from '../run/json.js';
import { pageFiles, shell } from './files.js';
import { savedRun } from './saved.js';
import type { Shelf } from './shelf.js';
import type { Picture, View } from './view.js';

/** A request that has been read so far as to be answered. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** What the path's pattern has in parentheses, decoded. */
  readonly parts: readonly string[];
  readonly shelf: Shelf;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  /** Whether it starts, stops or deletes something. */
  readonly needsToken?: true;
  answer(asked: Asked): Promise<Reply> | Reply;
}

// A photograph may be sent.
const mostPicture = 2 ** 24;
const mostOrder = 2 ** 12;
const mostPoints = 100_000;
const mostEpochs = 1_000_000;

export const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  body: toJson(value),
});

const runPath = (rest = ''): RegExp => new RegExp(`^/api/runs/([^/]+)${rest}$`);

/** A number in the query. @throws {TorchError} `ERR_REQUEST` for anything but an integer in range. */
function integerIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TorchError(
    'ERR_REQUEST',
    `${name}: expected an integer ≥ 0, got ${JSON.stringify(text)}`,
  );
}

function needed(query: URLSearchParams, name: string): number {
  const value = integerIn(query, name);
  if (value === undefined) throw new TorchError('ERR_REQUEST', `expected ?${name}=`);
  return value;
}

const viewOf = ({ shelf, parts }: Asked): View => shelf.view(parts[0]!);

// The run that ?run= names; without it the one that there is.
function namedView({ shelf, query }: Asked): View {
  const name = query.get('run');
  if (name !== null) return shelf.view(name);
  const [only, ...others] = shelf.views;
  if (only !== undefined && others.length === 0) return only;
  throw new TorchError('ERR_REQUEST', `expected ?run=, one of ${shelf.views.length} runs`);
}

async function pictureOf({ request, query }: Asked): Promise<Picture> {
  const index = integerIn(query, 'image');
  const bytes = await readBody(request, mostPicture);
  if (index !== undefined) return { index };
  if (bytes.length === 0)
    throw new TorchError('ERR_IMAGE', 'expected an image as the body, got nothing');
  return { bytes };
}

function methodOf(query: URLSearchParams): 'gradient' | 'occlusion' {
  const method = query.get('method') ?? 'gradient';
  if (method === 'gradient' || method === 'occlusion') return method;
  throw new TorchError(
    'ERR_REQUEST',
    `method: expected gradient or occlusion, got ${JSON.stringify(method)}`,
  );
}

/** What a run is steered by. @throws {TorchError} `ERR_RUN_LOCKED` where it is not trained by this process. */
function steered(asked: Asked) {
  const { run } = viewOf(asked);
  if (run.steered !== undefined) return { run, by: run.steered };
  throw new TorchError(
    'ERR_RUN_LOCKED',
    `${run.name} is not trained by this process, which can neither stop it nor go on with it`,
  );
}

async function epochsIn(request: IncomingMessage): Promise<number> {
  const text = (await readBody(request, mostOrder)).toString();
  if (text === '') return 0;
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch {}
  const isOrder = typeof order === 'object' && order !== null && !Array.isArray(order);
  const { epochs = 0, ...others } = (isOrder ? order : { epochs: null }) as { epochs?: unknown };
  const isCount = Number.isInteger(epochs) && Number(epochs) >= 0 && Number(epochs) <= mostEpochs;
  if (isCount && Object.keys(others).length === 0) return Number(epochs);
  throw new TorchError(
    'ERR_REQUEST',
    `expected JSON { "epochs": how many more, an integer from 0 to ${mostEpochs} }, or no body, got ${text.slice(0, 80)}`,
  );
}

const script = { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' };
const html = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };

/** All that a server answers, but for the stream of events. */
export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/$/, answer: () => ({ status: 200, headers: html, body: shell() }) },
  {
    method: 'GET',
    path: /^\/page\/(.+)$/,
    answer: ({ parts }) => {
      const body = pageFiles().modules.get(parts[0]!);
      if (body === undefined) throw new TorchError('ERR_NOT_FOUND', 'the page has no such file');
      return { status: 200, headers: script, body };
    },
  },
  {
    method: 'GET',
    path: /^\/api\/runs$/,
    answer: ({ shelf }) => json({ runs: shelf.views.map(({ run }) => run.summary) }),
  },
  { method: 'GET', path: runPath(), answer: async (asked) => json(await viewOf(asked).detail()) },
  {
    method: 'GET',
    path: runPath('/losses'),
    answer: (asked) => {
      const points = Math.min(mostPoints, Math.max(2, integerIn(asked.query, 'points') ?? 2000));
      return json(viewOf(asked).run.losses.thinned(points));
    },
  },
  {
    method: 'GET',
    path: runPath('/weights'),
    answer: async (asked) => json(await viewOf(asked).weights(integerIn(asked.query, 'epoch'))),
  },
  {
    method: 'GET',
    path: runPath('/confusion'),
    answer: async (asked) => json(await viewOf(asked).confusion(integerIn(asked.query, 'epoch'))),
  },
  {
    method: 'GET',
    path: runPath('/cell'),
    answer: async (asked) => {
      const { query } = asked;
      const [actual, predicted] = [needed(query, 'actual'), needed(query, 'predicted')];
      return json(await viewOf(asked).cell(integerIn(query, 'epoch'), actual, predicted));
    },
  },
  {
    method: 'GET',
    path: runPath('/file'),
    answer: async (asked) => {
      const view = viewOf(asked);
      const name = view.run.name.replace(/[^\w.-]+/g, '-');
      return {
        status: 200,
        headers: { ...html, 'Content-Disposition': `attachment; filename="${name}.html"` },
        body: await savedRun(view),
      };
    },
  },
  {
    method: 'GET',
    path: /^\/api\/images\/(\d{1,9})$/,
    answer: async (asked) => json(await namedView(asked).image(Number(asked.parts[0]))),
  },
  {
    method: 'POST',
    path: /^\/api\/features$/,
    answer: async (asked) => {
      const view = namedView(asked);
      const epoch = integerIn(asked.query, 'epoch');
      return json(await view.features(await pictureOf(asked), epoch));
    },
  },
  {
    method: 'POST',
    path: /^\/api\/decisive$/,
    answer: async (asked) => {
      const view = namedView(asked);
      const epoch = integerIn(asked.query, 'epoch');
      const method = methodOf(asked.query);
      return json(await view.decisive(await pictureOf(asked), epoch, method));
    },
  },
  {
    method: 'POST',
    path: runPath('/stop'),
    needsToken: true,
    answer: (asked) => {
      const { run, by } = steered(asked);
      by.stop();
      return json(run.summary, 202);
    },
  },
  {
    method: 'POST',
    path: runPath('/continue'),
    needsToken: true,
    answer: async (asked) => {
      const epochs = await epochsIn(asked.request);
      const { run, by } = steered(asked);
      by.continue(epochs);
      return json(run.summary, 202);
    },
  },
  {
    method: 'DELETE',
    path: runPath(),
    needsToken: true,
    answer: async ({ shelf, parts }) => {
      await shelf.remove(parts[0]!);
      return json({});
    },
  },
];
