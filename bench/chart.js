// A bar chart as SVG, readable on light and dark pages: text takes the page's colour scheme.

const escape = (text) =>
  text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);

/**
 * Horizontal bars, one per row.
 * @param rows `{ name, value, label, ours }`; values ≥ 0 in one unit.
 */
export function barChart(title, rows) {
  const [left, width, step] = [250, 420, 30];
  const most = Math.max(...rows.map(({ value }) => value));
  const bars = rows.map(({ name, value, label, ours }, i) => {
    const y = 50 + i * step;
    const length = Math.max(2, (value / most) * width);
    return [
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${escape(name)}</text>`,
      `<rect class="${ours ? 'ours' : 'theirs'}" x="${left}" y="${y}" width="${length.toFixed(1)}" height="20" rx="3"/>`,
      `<text x="${(left + length + 8).toFixed(1)}" y="${y + 15}">${escape(label)}</text>`,
    ].join('\n');
  });
  const height = 60 + rows.length * step;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 ${height}" width="860" height="${height}" role="img" aria-label="${escape(title)}">
<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.ours { fill: #1a7f64 }
.theirs { fill: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #3fb992 } }
</style>
<text class="title" x="10" y="25">${escape(title)}</text>
${bars.join('\n')}
</svg>
`;
}
