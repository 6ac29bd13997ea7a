import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

// Where many modules lie in one file, none can say by its own URL what lies beside it: they ask here. The file that
// this one is put into therefore stays directly in `dist/` (scripts/bundle.js).

/** The folder of this package's code: `dist/`, or `lib/` where the sources themselves run. */
export const codeFolder: string = dirname(fileURLToPath(import.meta.url));

/** The folder of this package. */
export const packageFolder: string = dirname(codeFolder);
