import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageFolder } from './location.js';

const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));

/** This package's version. */
export const version: string = manifest.version;
