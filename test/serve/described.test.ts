// What a service says of itself.
import { expect, test } from 'vitest';

import { Counter, Gauge, Histogram, metricsText } from '../../lib/serve/metrics.js';
import { pixels, served } from './served.js';

test('all that openapi.json names is there, by the methods that it names', async () => {
  const { url, handler } = await served({ name: 'garments' });
  await handler.ready;
  const { openapi, paths, components } = (await (await fetch(`${url}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, unknown>>;
    components: { schemas: Record<string, unknown> };
  };
  expect(openapi).toBe('3.1.0');
  expect(Object.keys(paths)).toContain('/v2/models/garments/infer');
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const reply = await fetch(url + path, {
        method,
        ...(method === 'post' && { body: pixels(1) }),
      });
      expect([path, method, [200, 400].includes(reply.status)]).toEqual([path, method, true]);
    }
  }
  const names = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)];
  expect(names.length).toBeGreaterThan(0);
  for (const [, name] of names) expect(Object.keys(components.schemas)).toContain(name);
});

test('figures are written as Prometheus reads them', () => {
  const requests = new Counter('requests_total', 'Requests.');
  requests.of({ path: 'a"b\\c\nd', status: '200' }).value += 2;
  requests.of({ path: 'a"b\\c\nd', status: '200' }).value++;
  const seconds = new Histogram('seconds', 'Time.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 2]) seconds.observe(value);
  const waiting = new Gauge('waiting', 'Images.', () => 7);
  expect(metricsText([requests, seconds, waiting])).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{path="a\\"b\\\\c\\nd",status="200"} 3
# HELP seconds Time.
# TYPE seconds histogram
seconds_bucket{le="0.1"} 2
seconds_bucket{le="1"} 3
seconds_bucket{le="+Inf"} 4
seconds_sum 2.65
seconds_count 4
# HELP waiting Images.
# TYPE waiting gauge
waiting 7
`);
});

test('what went wrong is counted by path and status, failures by code', async () => {
  const { url, post } = await served();
  await post('/predict', 'x');
  await post('/predict', 'x');
  await fetch(`${url}/nothing`);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('lenet_torch_requests_total{path="predict",status="400"} 2\n');
  expect(text).toContain('lenet_torch_requests_total{path="other",status="404"} 1\n');
  expect(text).toContain('lenet_torch_request_seconds_count 2\n');
  expect(text).toContain('lenet_torch_queue_images 0\n');
  expect(text).not.toContain('lenet_torch_failures_total{');
});
