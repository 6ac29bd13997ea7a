#!/usr/bin/env node
// What comes behind needs this Node already to be read: imports and syntax are therefore kept out of here.
// Must agree with `engines` in package.json and lib/libtorch/nodeVersion.ts.
const oldestMinors: Record<number, number> = { 20: 15, 22: 2 };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major <= 22 && !(minor >= oldestMinors[major]!)) {
  process.stderr.write(
    'lenet-torch: ERR_UNSUPPORTED_PLATFORM: Node.js ^20.15 or >=22.2 is needed, this is ' +
      `${process.versions.node}. Install a newer one (nodejs.org, or: nvm install --lts) and run again\n`,
  );
  process.exitCode = 1;
} else {
  import('./program.js')
    .then(({ main }) => main(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    });
}
