const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escapeText = (text: string): string => text.replace(/[&<>]/g, (found) => entities[found]!);

/**
 * A table as a notebook shows it, in the notebook's own style.
 *
 * @param texts - How many columns hold text, on the left of it; the others hold numbers, to the right.
 * @param last - Below a line.
 */
export function htmlTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { texts = 0, last }: { texts?: number; last?: readonly string[] } = {},
): string {
  const line = (cells: readonly string[], tag: 'th' | 'td'): string => {
    const made = cells.map((cell, i) => {
      const side = i < texts ? 'left' : 'right';
      return `<${tag} style="text-align: ${side}">${escapeText(cell)}</${tag}>`;
    });
    return `<tr>${made.join('')}</tr>`;
  };
  return [
    '<table>',
    `<thead>${line(headings, 'th')}</thead>`,
    '<tbody>',
    ...rows.map((row) => line(row, 'td')),
    '</tbody>',
    ...(last === undefined ? [] : [`<tfoot>${line(last, 'th')}</tfoot>`]),
    '</table>',
  ].join('\n');
}
