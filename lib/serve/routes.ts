import { TorchError } from '../error.js';
import { jsonReply, type Reply } from '../http/reply.js';
import type { Ask } from './ask.js';
import { imagesOf, requirePlain, together } from './images.js';
import { metricsType } from './metrics.js';
import { openApi } from './openApi.js';
import { page } from './page.js';
import { inferReply, readInfer } from './protocol/infer.js';
import { modelMetadata, serverMetadata } from './protocol/metadata.js';
import type { Service } from './service.js';

/** @param query - With its question mark; empty where there is none. */
type Answer = (ask: Ask, query: string) => Reply | Promise<Reply>;

/** What is at a path. */
export interface Route {
  /** In the metrics. */
  readonly name: string;
  readonly GET?: Answer;
  readonly POST?: Answer;
  readonly PUT?: Answer;
  /** Whether it is refused before an end. */
  readonly computes?: boolean;
}

/** All paths of a service. */
export function routesOf(service: Service): ReadonlyMap<string, Route> {
  const { name } = service.model;
  const predict = predictWith(service);
  const routes = new Map<string, Route>([
    ['/', { name: 'page', GET: () => htmlReply(page(service.model)) }],
    ['', { name: 'page', GET: () => htmlReply(page(service.model)) }],
    // `curl -T` puts.
    ['/predict', { name: 'predict', POST: predict, PUT: predict, computes: true }],
    ['/metrics', { name: 'metrics', GET: () => metricsReply(service) }],
    [
      '/openapi.json',
      { name: 'openapi', GET: () => jsonReply(openApi(service.model, service.settings)) },
    ],
  ]);
  const add = (path: string, route: Route): void => void routes.set(path, route);
  add('/v2', { name: 'server', GET: () => jsonReply(serverMetadata()) });
  add('/v2/health/live', { name: 'live', GET: () => jsonReply({ live: true }) });
  add('/v2/health/ready', { name: 'ready', GET: () => readyReply(service, {}) });
  for (const path of [`/v2/models/${name}`, `/v2/models/${name}/versions/1`]) {
    const metadata = async (): Promise<Reply> => {
      await service.untilReady();
      return jsonReply(modelMetadata(service.model));
    };
    add(path, { name: 'model', GET: metadata });
    add(`${path}/ready`, { name: 'model_ready', GET: () => readyReply(service, { name }) });
    add(`${path}/infer`, { name: 'infer', POST: inferWith(service), computes: true });
  }
  return routes;
}

const readyReply = ({ isReady }: Service, more: object): Reply =>
  jsonReply({ ...more, ready: isReady }, isReady ? 200 : 503);

function htmlReply(body: string): Reply {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src blob: data:; base-uri 'none'; form-action 'none'",
    'X-Content-Type-Options': 'nosniff',
  };
  return { status: 200, headers, body };
}

const metricsReply = ({ measures }: Service): Reply => ({
  status: 200,
  headers: { 'Content-Type': metricsType },
  body: measures.text(),
});

// Where nothing else is asked for, as `lenet-torch predict` has it.
const usualTop = 3;

function predictWith(service: Service): Answer {
  const { settings, pixels: batcher } = service;
  return async (ask, query) => {
    requirePlain(ask.header('content-encoding'));
    if (!service.isReady) await service.untilReady();
    const { answers } = service;
    const top = query === '' ? Math.min(usualTop, answers.classes) : topOf(query, answers.classes);
    service.requirePlace(1);
    const body = await ask.body(settings.bodyLimit);
    const type = ask.header('content-type');
    const { model } = service;
    const isForm = type !== undefined && /^multipart\/form-data\b/i.test(type);
    const { pixels, count } = isForm
      ? await formImages(service, body, type)
      : await imagesOf(body, type, 'the body', model, settings.invert!);
    service.requirePlace(count);
    const rows = await batcher.add(pixels, count, () => ask.isGone());
    const one = count === 1 && !isForm;
    return jsonReply(one ? answers.one(rows, 0, top) : answers.several(rows, count, top));
  };
}

async function formImages({ model, settings }: Service, body: Uint8Array, type: string) {
  // Here and not above: most requests are no forms.
  const { partsOf } = await import('./multipart.js');
  const parts = await partsOf(body, type);
  if (parts.length === 0)
    throw new TorchError('ERR_REQUEST', 'multipart: expected images, found none');
  const all = [];
  for (const { name, type, bytes } of parts) {
    all.push(await imagesOf(bytes, type, name, model, settings.invert!));
  }
  return together(all);
}

function topOf(query: string, classes: number): number {
  let top = Math.min(usualTop, classes);
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'top_k') {
      throw new TorchError(
        'ERR_REQUEST',
        `expected top_k in the query, found ${JSON.stringify(name)}`,
      );
    }
    top = Number(value);
    if (!/^\d+$/.test(value) || top < 1) {
      throw new TorchError(
        'ERR_REQUEST',
        `top_k: expected an integer ≥ 1, found ${JSON.stringify(value)}`,
      );
    }
  }
  return Math.min(top, classes);
}

function inferWith(service: Service): Answer {
  const { settings, values: batcher } = service;
  return async (ask) => {
    requirePlain(ask.header('content-encoding'));
    await service.untilReady();
    service.requirePlace(1);
    const body = await ask.body(settings.bodyLimit);
    const { model } = service;
    const request = readInfer(body, ask.header('inference-header-content-length'), model);
    service.requirePlace(request.count);
    const rows = await batcher.add(request.images, request.count, () => ask.isGone());
    return inferReply(request, rows, model);
  };
}
