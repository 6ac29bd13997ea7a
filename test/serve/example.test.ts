// What docs/serve.md and examples/serve.ts promise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';

import * as torch from '../../lib/index.js';
import { expected, lenet, listening, pixels, served } from './served.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = readFileSync(`${root}/docs/serve.md`, 'utf8');
const blocks = (language: string): string[] =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text!,
  );

test('the example with Fastify trains, serves beside a route of its own, and ends', async () => {
  const source = readFileSync(`${root}/examples/serve.ts`, 'utf8');
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  // Without epochs, and on any port; from the package's folder, so that its imports are found.
  const child = spawn(process.execPath, ['--input-type=module', '-', '0', '0'], { cwd: root });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(outputText.replace('process.argv.slice(2)', "['0', '0']"));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
  await vi.waitFor(() => expect(address(), said).toBeDefined(), { timeout: 30_000 });
  const put = (type?: string) =>
    fetch(`${address()}/garments/predict?top_k=1`, {
      method: 'PUT',
      body: pixels(1),
      ...(type && { headers: { 'Content-Type': type } }),
    });
  const answer = [{ label: expect.any(String), score: expect.any(Number) }];
  expect(await (await put()).json()).toEqual(answer);
  expect(await (await put('application/json')).json()).toEqual(answer);
  expect(await (await fetch(`${address()}/`)).json()).toEqual({ garments: '/garments/' });
  expect((await fetch(`${address()}/garments/`)).headers.get('content-type')).toContain('html');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 60_000);

test('Fastify passes bodies on as docs/serve.md says', async () => {
  const net = lenet();
  const handler = torch.serve.handler(net);
  const app = Fastify();
  onTestFinished(() => void app.close());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.all('/*', (request, reply) => {
    reply.hijack();
    handler(request.raw, reply.raw);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const reply = await fetch(`${url}/predict`, { method: 'POST', body: pixels(1) });
  expect(await reply.json()).toEqual((await expected(net, pixels(1), 3))[0]);
});

test('mounted as Express mounts, behind a parser that has read the body, it says what is wrong', async () => {
  const handler = torch.serve.handler(lenet());
  const { url } = await listening(async (request, response) => {
    const { url: whole = '' } = request;
    request.url = whole.replace('/garments', '');
    if (whole.includes('parsed')) {
      request.resume();
      await once(request, 'end');
    }
    handler(request, response);
  });
  const post = (path: string) => fetch(url + path, { method: 'POST', body: pixels(1) });
  expect((await post('/garments/predict')).status).toBe(200);
  const read = await post('/garments/predict?parsed');
  expect(read.status).toBe(400);
});

test('the manifest parses, and probes paths that are there', async () => {
  const [manifest] = blocks('yaml');
  const documents = parseAllDocuments(manifest!).map((each) => {
    expect([...each.errors, ...each.warnings]).toEqual([]);
    return each.toJS();
  });
  expect(documents.map(({ kind }) => kind)).toEqual(['Deployment', 'Service']);
  const [deployment, service] = documents;
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;
  const { url, handler } = await served();
  await handler.ready;
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const { path, port } = container[probe].httpGet;
    expect((await fetch(url + path)).status).toBe(200);
    expect(port).toBe(container.ports[0].name);
  }
  expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name);
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  // Its own ten seconds, and what comes before SIGTERM.
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
    10 + container.lifecycle.preStop.sleep.seconds,
  );
});

test('the image is made by the steps of the README', () => {
  const [dockerfile] = blocks('dockerfile');
  const readme = readFileSync(`${root}/README.md`, 'utf8');
  expect(dockerfile).toMatch(/^FROM node:/m);
  for (const step of ['npm install lenet-torch', 'lenet-torch setup']) {
    expect(dockerfile).toContain(step);
    expect(readme).toContain(step);
  }
  const command = JSON.parse(/^CMD (.*)$/m.exec(dockerfile!)![1]!);
  expect(command.slice(0, 2)).toEqual(['lenet-torch', 'serve']);
});
