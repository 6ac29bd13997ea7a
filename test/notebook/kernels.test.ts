// What cells show in each kernel, and what Interrupt does.
import { describe, expect, test } from 'vitest';

import { kernels, missing, run, type Shown } from './workplace.js';

const begin = [
  "import * as torch from 'lenet-torch';",
  'const { display, draw } = torch;',
  'torch.manualSeed(0);',
  'const net = new torch.LeNet();',
].join('\n');

const loaders = [
  'const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });',
  'const images = torch.rand(512, 1, 28, 28);',
  'const labels = torch.zeros(512, { dtype: torch.int64 });',
  'const made = new torch.data.TensorDataset(images, labels);',
  'const batches = new torch.data.DataLoader(made, { batchSize: 64 });',
].join('\n');

const train = (epochs: number, more = ''): string =>
  `await torch.train(net, batches, batches, 64, optimizer, 'cpu', ${epochs}${more})`;

const streamed = (shown: Shown): string =>
  shown
    .filter(([type, { name }]) => type === 'stream' && name === 'stdout')
    .map(([, { text }]) => text)
    .join('');

/** As a terminal would leave it: what follows a carriage return stands over what was there. */
const settled = (text: string): string => text.replace(/.*\r(?=[^\n])/g, '');

const dataOf = (shown: Shown): Record<string, string>[] =>
  shown
    .filter(([type]) => type === 'display_data')
    .map(([, { data }]) => data as Record<string, string>);

describe.skipIf(missing !== undefined).each(kernels)('in %s', (kernel) => {
  test('values show themselves: as text, as tables, as pictures', {
    timeout: 180_000,
  }, async () => {
    const shown = await run(kernel, [
      begin,
      'await display(net)',
      'await display(torch.ones(2, 3))',
      'await display(torch.summary(net, [1, 28, 28]))',
      'const svg = draw.architecture(net); await display(svg)',
      'await display(await draw.toPng(svg, { scale: 0.25 }))',
      "await display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/markdown': '*so*' }) })",
      "await display('text'); await display(42n); await display(undefined)",
      'torch.zeros(2)',
    ]);
    const [none, module, tensor, summary, svg, png, own, others, value] = shown.map(dataOf);
    expect(none).toEqual([]);
    expect(module).toEqual([{ 'text/plain': expect.stringMatching(/^LeNet\(\n {2}\(conv\)/) }]);
    expect(tensor).toEqual([{ 'text/plain': 'tensor([[1., 1., 1.],\n        [1., 1., 1.]])' }]);
    expect(summary![0]!['text/html']).toMatch(/^<table>[\s\S]*>44,426<[\s\S]*<\/table>$/);
    expect(svg![0]!['image/svg+xml']).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(Buffer.from(png![0]!['image/png']!, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(own).toEqual([{ 'text/markdown': '*so*' }]);
    expect(others!.map((each) => each['text/plain'])).toEqual(['text', '42n', 'undefined']);
    // The last value of a cell: one kernel has a message for it, the other prints.
    expect(value).toEqual([]);
    expect(JSON.stringify(shown.at(-1))).toContain('tensor([0., 0.])');
    if (kernel === 'tslab') return; // one form only
    expect(summary![0]!['text/plain']).toMatch(/^layer +type/);
    expect(svg![0]!['text/plain']).toMatch(/^<picture: LeNet: INPUT 1@28×28/);
    expect(png![0]!['text/plain']).toMatch(/^<picture: image\/png, [\d,]+ bytes>$/);
  });

  test('a line says how far an epoch is, and goes', { timeout: 180_000 }, async () => {
    const quiet = ', { log: null }';
    const shown = await run(kernel, [
      begin,
      loaders,
      `const history = ${train(3, ", { engine: 'eager' }")}`,
      'await display(history)',
      `const other = ${train(1, quiet)}`,
      'await display((await torch.evaluate(batches, net)) >= 0)',
    ]);
    const [, , lines, history, silent, accuracy] = shown;
    const text = streamed(lines!);
    expect(text).toMatch(/\repoch 1 {2}[█░]{24} {2}\d\/8/);
    const line = (epoch: number): string =>
      `epoch ${epoch}, loss \\d\\.\\d{4}, train acc \\d\\.\\d{3}, test acc \\d\\.\\d{3}, time \\d+\\.\\d sec\n`;
    expect(settled(text)).toMatch(new RegExp(`^training on cpu\n${line(1)}${line(2)}${line(3)}$`));
    expect(dataOf(history!)[0]!['text/html']).toMatch(/<th [^>]*>test acc<[\s\S]*>eager</);
    expect(silent).toEqual([]);
    expect(dataOf(accuracy!)).toEqual([{ 'text/plain': 'true' }]);
  });

  test('Interrupt stops a training, and all variables stay', { timeout: 180_000 }, async () => {
    const endless = { code: train(100_000), interruptAt: 'epoch 2, loss' };
    const [, , first, steps, second, alive] = await run(kernel, [
      begin,
      loaders,
      endless,
      'await display(optimizer.stateDict().state.size > 0)',
      { code: train(100_000, ", { engine: 'eager' }"), interruptAt: 'epoch 1  ' },
      `await display(await torch.evaluate(batches, net) >= 0); ${train(1)}; await display('over')`,
    ]);
    for (const shown of [first!, second!]) {
      const errors = shown.filter(
        ([type, { name }]) => type === 'error' || (type === 'stream' && name === 'stderr'),
      );
      expect(errors.length).toBe(1);
      const [, { ename, evalue, text }] = errors[0]!;
      if (kernel === 'tslab') expect(text).toMatch(/^Error: Interrupted asynchronously/);
      else expect(`${ename}: ${evalue}`).toMatch(/^TorchError: interrupted; the model keeps/);
    }
    expect(dataOf(steps!)).toHaveLength(1);
    expect(dataOf(alive!).at(-1)).toEqual({ 'text/plain': 'over' });
  });
});
