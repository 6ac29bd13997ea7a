import type { Counts, LayerSummary } from '../summary.js';

const headings = [
  'layer',
  'output',
  'parameters',
  'connections',
  'multiply-adds',
  'activation bytes',
];

const grouped = (count: number | null): string =>
  count === null ? '?' : count.toLocaleString('en-US');

const cells = (name: string, shape: readonly number[] | null, counts: Counts): string[] => [
  name,
  shape === null ? '-' : shape.join('×') || '1',
  grouped(counts.parameters),
  grouped(counts.connections),
  grouped(counts.multiplyAdds),
  grouped(counts.activationBytes),
];

/** A row per layer and one for the total: names to the left, numbers to the right. */
export function formatTable(layers: readonly LayerSummary[], total: Counts): string {
  const rows = layers.map((layer) => cells(layer.name, layer.outputShape, layer));
  const last = cells('total', null, total).with(1, '');
  const all = [headings, ...rows, last];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(line(headings).length);
  return [line(headings), rule, ...rows.map(line), rule, line(last)].join('\n');
}
