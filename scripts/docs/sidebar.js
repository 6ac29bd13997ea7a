// Where each page of docs/ stands on the site. A page that is not there (yet) is left out; a page that stands nowhere fails
// a test (test/docs/pages.test.ts).
import fs from 'node:fs';

import { at } from '../stamps.js';

/** Sections in their order: `[page, title]`, pages being files of docs/ without `.md`, or pages that the build makes. */
export const sections = [
  {
    title: 'Start',
    pages: [
      ['start', 'Five minutes'],
      ['chapter', 'The chapter, cell by cell'],
      ['lenet5', 'The 1998 network'],
      ['chapters', 'The chapters around it'],
      ['install', 'Installing'],
      ['runtimes', 'Node.js, Deno, Bun'],
    ],
  },
  {
    title: 'Coming from Python',
    pages: [
      ['differences', 'Ten things that differ'],
      ['names', 'Every name'],
      ['formats', 'Files that both open'],
      ['parity', 'Held against PyTorch'],
    ],
  },
  {
    title: 'Guides',
    pages: [
      ['data', 'Data of your own'],
      ['transforms', 'Transforms'],
      ['own-network', 'A network, a layer of your own'],
      ['saving', 'Saving and loading'],
      ['runs', 'Runs: interrupted and resumed'],
      ['memory', 'Memory and scopes'],
      ['autograd', 'Autograd'],
      ['performance', 'Performance: which engine runs me'],
      ['gpu', 'GPU'],
      ['several-machines', 'Several machines'],
      ['distributed', 'torch.distributed'],
      ['notebook', 'In a notebook'],
      ['live', 'The live page'],
      ['pictures', 'Pictures'],
      ['predict', 'Predicting'],
      ['serve', 'Serving'],
      ['onnx', 'ONNX'],
      ['applications', 'In an application'],
      ['testing', 'Testing code that uses tensors'],
      ['commands', 'Commands and options'],
      ['troubleshooting', 'Troubleshooting: every error code'],
    ],
  },
  {
    title: 'Inside',
    pages: [
      ['architecture', 'Architecture'],
      ['engine', 'The engine'],
      ['architecture#native', 'The bridge'],
      ['contributing', 'Contributing'],
      ['changelog', 'Changes'],
      ['security', 'Security'],
      ['licences', 'Licences'],
    ],
  },
];

/** Pages that the build makes of other files. */
export const made = {
  contributing: 'CONTRIBUTING.md',
  changelog: 'CHANGELOG.md',
  security: 'SECURITY.md',
};

/** Names of the pages in docs/, without `.md`. */
export const written = () =>
  fs
    .readdirSync(at('docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -3));
