import { htmlTable } from '../notebook/table.js';
import type { Counts, LayerSummary } from './counts.js';

const headings = [
  'layer',
  'type',
  'output',
  'parameters',
  'connections',
  'multiply-adds',
  'activation bytes',
];

const grouped = (count: number | null): string =>
  count === null ? '?' : count.toLocaleString('en-US');

// Outputs of modules that are not called, and of those without dimensions.
const sizes = (shape: readonly number[] | null): string =>
  shape === null ? '-' : shape.join('×') || '1';

const cells = (name: string, type: string, output: string, counts: Counts): string[] => [
  name,
  type,
  output,
  grouped(counts.parameters),
  grouped(counts.connections),
  grouped(counts.multiplyAdds),
  grouped(counts.activationBytes),
];

/** A row per layer and one for the total. */
interface Rows {
  readonly rows: readonly (readonly string[])[];
  readonly last: readonly string[];
}

// So many columns hold texts.
const texts = 3;

function rowsOf(layers: readonly LayerSummary[], types: readonly string[], total: Counts): Rows {
  const rows = layers.map((layer, i) =>
    cells(layer.name, types[i]!, sizes(layer.outputShape), layer),
  );
  return { rows, last: cells('total', '', '', total) };
}

/** Texts to the left, numbers to the right. */
export function formatTable(...counted: Parameters<typeof rowsOf>): string {
  const { rows, last } = rowsOf(...counted);
  const all = [headings, ...rows, last];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < texts ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(line(headings).length);
  return [line(headings), rule, ...rows.map(line), rule, line(last)].join('\n');
}

/** The same for a notebook. */
export function formatHtml(...counted: Parameters<typeof rowsOf>): string {
  const { rows, last } = rowsOf(...counted);
  return htmlTable(headings, rows, { texts, last });
}
