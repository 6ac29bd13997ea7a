import { atMost } from '../argument/atMost.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import type { ConnectionTable, Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import { type Connected, isConnected, portraitOf } from './portrait.js';
import { element, group, label, labelSize, picture } from './svg.js';
import { formatCount, textWidth } from './text.js';
import { type DrawOptions, drawSpec, type Theme } from './theme.js';

// Pixels.
const margin = 20;
const cell = 32;
const head = 76;
const side = 96;
const lineStep = 18;

/**
 * Which input maps each output map of a convolution sees, as the table of C3 in the 1998 paper, with
 * the parameters that follow from it. Columns of as many inputs have a colour of their own.
 *
 * @param net - A `PartialConv2d` or `Conv2d`; or a network, whose first convolution is shown that lacks connections,
 *   else its last.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for a network without convolution, or anything but a module.
 * @example
 * const svg = torch.draw.connections(new nn.PartialConv2d(3, [[0, 1], [1, 2]], 5));
 * svg.startsWith('<svg'); // → true
 */
export function connections(net: Module, options?: DrawOptions): string {
  atMost('connections', 2, arguments.length);
  const what = 'draw.connections';
  const { theme } = readOptions(what, drawSpec, options);
  const { name, module, portrait } = findConvolution(what, net);
  const { inputs: inChannels, table } = portrait.connections;
  const outChannels = table.length;
  const counts = [...new Set(table.map(({ length }) => length))].sort((a, b) => a - b);
  const colorOf = (count: number): string =>
    theme.series[counts.indexOf(count) % theme.series.length]!;
  const terms = formula(module, portrait, counts);
  const [left, top] = [margin + side, margin + head];
  const bottom = top + inChannels * cell;
  const width = Math.max(
    left + outChannels * cell + margin,
    ...terms.map((text) => margin * 2 + textWidth(text, labelSize)),
  );
  const title = `Which of ${inChannels} input maps each of the ${outChannels} output maps of ${name} sees`;
  return picture(
    { width, height: bottom + lineStep * (terms.length + 2) + margin },
    theme,
    title,
    label(margin, margin + 14, `${name}: connections`, { isBold: true, size: 14 }),
    label(left + (outChannels * cell) / 2, margin + 40, 'output map', {
      anchor: 'middle',
      fill: theme.muted,
    }),
    label(margin + 12, top + (inChannels * cell) / 2, 'input map', {
      anchor: 'middle',
      fill: theme.muted,
      turn: -90,
    }),
    drawTable(table, inChannels, [left, top], colorOf, theme),
    drawCounts(table, [left, bottom + lineStep], colorOf, theme),
    ...terms.map((text, i) => label(margin, bottom + lineStep * (i + 2) + 8, text)),
  );
}

interface Convolution {
  readonly name: string;
  readonly module: Module;
  readonly portrait: Connected;
}

function findConvolution(what: string, net: Module): Convolution {
  requireModule(what, net);
  const all = [...net.namedModules()].flatMap(([path, module]) => {
    const portrait = portraitOf(module);
    if (portrait === undefined || !isConnected(portrait)) return [];
    return [{ name: path || module.constructor.name, module, portrait }];
  });
  const found = all.find(({ portrait }) => hasGaps(portrait)) ?? all.at(-1);
  if (found !== undefined) return found;
  throw invalidArgument(`${what}: net: ${net.constructor.name} has no Conv2d or PartialConv2d`);
}

const hasGaps = ({ connections: { inputs, table } }: Connected): boolean =>
  table.some(({ length }) => length < inputs);

function drawTable(
  table: ConnectionTable,
  inChannels: number,
  [left, top]: readonly [number, number],
  colorOf: (count: number) => string,
  theme: Theme,
): string {
  const columns = table.map((inputs, output) => {
    const x = left + output * cell;
    const cells = Array.from({ length: inChannels }, (_, input) => {
      const y = top + input * cell;
      const frame = { x: x + 1, y: y + 1, width: cell - 2, height: cell - 2, rx: 3 };
      if (!inputs.includes(input)) return element('rect', { ...frame, fill: theme.panel });
      const [a, b] = [cell * 0.34, cell * 0.66];
      const cross = `M${x + a} ${y + a}L${x + b} ${y + b}M${x + b} ${y + a}L${x + a} ${y + b}`;
      const ink = { stroke: theme.background, 'stroke-width': 2.4, 'stroke-linecap': 'round' };
      return element('rect', frame) + element('path', { d: cross, ...ink });
    });
    const number = label(x + cell / 2, top - 8, String(output), {
      anchor: 'middle',
      fill: theme.text,
    });
    return number + group({ fill: colorOf(inputs.length) }, ...cells);
  });
  const rows = Array.from({ length: inChannels }, (_, input) =>
    label(left - 10, top + input * cell + cell / 2 + 4, String(input), { anchor: 'end' }),
  );
  return [...columns, ...rows].join('\n');
}

function drawCounts(
  table: ConnectionTable,
  [left, y]: readonly [number, number],
  colorOf: (count: number) => string,
  theme: Theme,
): string {
  const numbers = table.map(({ length }, output) =>
    label(left + output * cell + cell / 2, y, String(length), {
      anchor: 'middle',
      isBold: true,
      fill: colorOf(length),
    }),
  );
  return [label(left - 10, y, 'inputs', { anchor: 'end', fill: theme.muted }), ...numbers].join(
    '\n',
  );
}

// (5×5×3 + 1)×6 + (5×5×4 + 1)×9 + (5×5×6 + 1)×1 = 1,516 parameters
function formula(
  module: Module,
  { window, weight, connections: { table } }: Connected,
  counts: readonly number[],
): string[] {
  const own = [...module.parameters({ recurse: false })];
  const total = own.reduce((sum, parameter) => sum + parameter.numel(), 0);
  const terms = counts.map((count) => {
    const maps = table.filter(({ length }) => length === count).length;
    const kernel = `${window.join('×')}×${count}`;
    return total === weight.numel() ? `${kernel}×${maps}` : `(${kernel} + 1)×${maps}`;
  });
  return [`${terms.join(' + ')} = ${formatCount(total)} parameters`];
}
