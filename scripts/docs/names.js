// The table of PyTorch's names and what they are called here, for as long as docs/names.md is not there.
import { camelCase, count } from '../names.js';

/** The page's Markdown, from what the built package has. */
export async function namesTable() {
  const torch = await import('../../dist/index.js');
  const parts = [
    `# Every name

PyTorch 2.11's public names that are here and what they are called, counted from the package itself (\`npm run names\`), and those that are not
with the reason.`,
  ];
  for (const { group, here, missing } of count(torch)) {
    const python = group === 'torch' ? 'torch' : `torch.${group}`;
    parts.push(
      `## ${python} {#${group.replaceAll('.', '-')}}`,
      `${here.length} of ${here.length + missing.length}.`,
      ['| Python | here |', '|---|---|']
        .concat(here.map((name) => `| \`${python}.${name}\` | \`${camelCase(name)}\` |`))
        .join('\n'),
    );
    if (missing.length > 0) {
      parts.push(
        ['| not here | why |', '|---|---|']
          .concat(missing.map(({ name, reason }) => `| \`${name}\` | ${reason ?? ''} |`))
          .join('\n'),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}
