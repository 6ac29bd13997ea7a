// The site's settings; `npm run docs` (scripts/docs.js) puts the pages together and builds it.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

import { slug } from '../../scripts/docs/slug.js';

const from = (path) => fileURLToPath(new URL(path, import.meta.url));
const pages = from('../../build/docs');
const sidebar = JSON.parse(fs.readFileSync(`${pages}/sidebar.json`, 'utf8'));

export default defineConfig({
  title: 'lenet-torch',
  description: 'PyTorch for Node.js, told through one chapter: LeNet on Fashion-MNIST.',
  lang: 'en',
  base: process.env.LENET_TORCH_DOCS_BASE ?? '/',
  srcDir: pages,
  outDir: from('../.site'),
  cacheDir: from('../../build/docs-cache'),
  // Files of the clone are no pages of VitePress's. scripts/docs/links.js looks at every link, anchor and picture.
  ignoreDeadLinks: [/source\//],
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    // Anchors as on code hosts: links in docs/ hold in both places.
    anchor: { slugify: slug },
    theme: { light: 'github-light', dark: 'github-dark' },
    // Indented blocks, which documents show commands in, are shown as fenced ones.
    config(md) {
      md.renderer.rules.code_block = (tokens, i, ...rest) => {
        const isShell = /^(npm|npx|node|lenet-torch|torchrun|srun)\b/.test(tokens[i].content);
        tokens[i].info = isShell ? 'sh' : 'txt';
        return md.renderer.rules.fence(tokens, i, ...rest);
      };
    },
  },
  vite: { build: { chunkSizeWarningLimit: 8192, reportCompressedSize: false } },
  themeConfig: {
    siteTitle: 'lenet-torch',
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'The chapter', link: '/chapter' },
      { text: 'From Python', link: '/differences' },
      { text: 'Guides', link: '/own-network' },
      { text: 'API', link: '/api/' },
      { text: 'Inside', link: '/architecture' },
    ],
    sidebar,
    outline: [2, 3],
    docFooter: { prev: 'Before', next: 'Next' },
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        miniSearch: {
          searchOptions: {
            fuzzy: 0.1,
            prefix: true,
            boost: { title: 6, titles: 1, text: 1 },
            // Who looks for a code wants to know what to do.
            boostDocument: (id, term) =>
              term === 'err' && id.includes('troubleshooting') ? 10 : 1,
          },
        },
      },
    },
  },
});
