// llms.txt and llms-full.txt: what the site says, for programs that read.
import fs from 'node:fs';
import path from 'node:path';

/** Writes both beside the site's pages. */
export function writeTexts(pages, site) {
  const lines = [
    '# lenet-torch',
    '',
    "> PyTorch for Node.js: tensors, autograd, nn, optim and data with PyTorch's names in camelCase and its numbers, on libtorch.",
  ];
  let section;
  for (const each of pages) {
    if (each.section !== section) {
      section = each.section;
      lines.push('', `## ${section}`, '');
    }
    const about = firstSentence(each.markdown);
    lines.push(`- [${each.title}](./${each.page}.html)${about === '' ? '' : `: ${about}`}`);
  }
  fs.writeFileSync(path.join(site, 'llms.txt'), `${lines.join('\n')}\n`);
  const full = pages.map(({ page, markdown }) => `<!-- ${page} -->\n\n${plain(markdown)}`);
  fs.writeFileSync(path.join(site, 'llms-full.txt'), full.join('\n'));
}

// Of the markup only what says something.
const plain = (markdown) =>
  markdown
    .replace(/^---\n[\s\S]*?\n---\n+/, '')
    .replaceAll(/<code v-pre>(.*?)<\/code>/g, (_, text) => `\`${text.replaceAll(/<[^>]+>/g, '')}\``)
    .replaceAll(/^<\/?div[^>]*>\n*/gm, '')
    .replaceAll(/\{target="_self"\}|&nbsp;/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#124;', '|');

const firstSentence = (markdown) =>
  plain(markdown)
    .split(/\n{2,}/)
    .find((part) => /^[A-Z]/.test(part) && !part.startsWith('|'))
    ?.replaceAll(/\s+/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/(?<=[.:]) /)[0]
    .slice(0, 200) ?? '';
