#!/usr/bin/env node
// What comes behind needs this Node already to be read: imports and syntax are therefore kept out of here.
// Must agree with `engines` in package.json.
const oldest = [20, 15];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < oldest[0]! || (major === oldest[0] && minor < oldest[1]!)) {
  process.stderr.write(
    `lenet-torch: ERR_UNSUPPORTED_PLATFORM: Node.js ${oldest.join('.')} or newer is needed, this is ` +
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
