// Writes the URL of each file that is loaded as a module to stdout.
import { register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) {
      if (url.startsWith('file:')) writeSync(1, url + '\\n');
      return next(url, context);
    }`)}`,
);
