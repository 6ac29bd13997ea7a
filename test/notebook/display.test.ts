// Outside of a notebook, where values print their text; what notebooks show stands in kernels.test.ts.
import { afterEach, expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { loaders, model } from '../loops.js';

const jupyterDisplay = Symbol.for('Jupyter.display');

afterEach(() => vi.restoreAllMocks());

async function printed(value: unknown): Promise<unknown[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await torch.display(value);
  const lines = log.mock.calls.map(([line]) => line);
  log.mockRestore();
  return lines;
}

type Shows = { [key: symbol]: () => torch.MimeBundle };

const formsOf = (value: unknown): torch.MimeBundle => (value as Shows)[jupyterDisplay]!();

test('texts, and the texts of values', async () => {
  expect(await printed('a text')).toEqual(['a text']);
  expect(await printed(torch.tensor([1, 2]))).toEqual(['tensor([1., 2.])']);
  expect(await printed(new torch.nn.Sigmoid())).toEqual(['Sigmoid()']);
  expect(await printed({ a: [1] })).toEqual(['{ a: [ 1 ] }']);
  expect(await printed(undefined)).toEqual(['undefined']);
  const released = torch.ones(2);
  released.dispose();
  expect(await printed(released)).toEqual(['Tensor(released)']);
});

test('pictures are told by their titles, or by their size', async () => {
  const svg = torch.draw.confusion([
    [1, 0],
    [0, 1],
  ]);
  expect(typeof svg).toBe('string');
  expect(await printed(svg)).toEqual(['<picture: Confusion matrix: accuracy 1.000, 2 of 2 right>']);
  expect(await printed('<svg/>')).toEqual(['<picture: SVG>']);
  expect(await printed('<svgs>')).toEqual(['<svgs>']);
  const png = await torch.draw.toPng(svg);
  const size = png.byteLength.toLocaleString('en-US');
  expect(await printed(png)).toEqual([`<picture: image/png, ${size} bytes>`]);
  expect(await printed(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toEqual([
    '<picture: image/jpeg, 4 bytes>',
  ]);
  expect(await printed(Uint8Array.of(1))).toEqual(['Uint8Array(1) [ 1 ]']);
});

test('a value of somebody else shows itself, now or later', async () => {
  const own = (forms: unknown) => ({ [jupyterDisplay]: () => forms });
  expect(await printed(own({ 'text/plain': 'own', 'text/html': '<b>own</b>' }))).toEqual(['own']);
  expect(await printed(own(Promise.resolve({ 'text/plain': 'later' })))).toEqual(['later']);
  expect(await printed(own({ 'text/html': '', 'image/png': '' }))).toEqual([
    '<text/html, image/png>',
  ]);
  for (const nothing of [undefined, null, 'text', {}]) {
    await expect(torch.display(own(nothing))).rejects.toEqual(invalid('display: value: expected'));
  }
});

test('a summary is a table, whose texts are escaped', () => {
  const net = new torch.nn.Sequential();
  net.addModule('<a&b>', new torch.nn.Linear(2, 3));
  const forms = formsOf(torch.summary(net, [2]));
  expect(forms['text/plain']).toBe(String(torch.summary(net, [2])));
  expect(forms['text/html']).toContain('<td style="text-align: left">&lt;a&amp;b&gt;</td>');
  expect(forms['text/html']).toMatch(/<tfoot><tr><th [^>]*>total<[\s\S]*>9</);
});

test('a history is a table, and nothing else is added to it', async () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(100, 50, 50);
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  const history = await torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 2, { log });
  const forms = formsOf(history);
  expect(forms['text/plain']).toBe(lines.slice(1).join('\n'));
  expect(forms['text/html']!.match(/<tr>/g)).toHaveLength(3);
  expect(Reflect.ownKeys(history)).toEqual(['epochs', jupyterDisplay]);
  expect({ ...history }).toEqual({ epochs: history.epochs });
  expect(JSON.parse(JSON.stringify(history))).toEqual({ epochs: history.epochs });
});
