// `node scripts/arm64.js`: makes the package for 64-bit ARM from nothing (libtorch's own wheels, Debian's cross compiler)
// and runs it under qemu-user, beside this machine's. One line for each check; exit code 1 where one fails. Emulation
// shows what is computed, not how fast. What is brought is kept in the cache, 3 GB; a second run compiles what has changed.
import { readArguments } from './arguments.js';
import { missingTools } from './arm64/tools.js';
import { setup } from './setup.js';

const say = (step) => console.error(`arm64: ${step}`);

async function main() {
  const missing = missingTools();
  if (missing.length > 0) {
    say(`first: apt-get install ${missing.join(' ')}`);
    return 1;
  }
  await setup();
  // They need dist/, which setup has made.
  const { checks } = await import('./arm64/checks.js');
  const { bringLibtorch, compile, makeClone } = await import('./arm64/parts.js');
  const { emulatedNode } = await import('./arm64/node.js');
  const node = emulatedNode();
  say('the package and its dependencies');
  makeClone();
  say('libtorch');
  const libtorch = bringLibtorch();
  say('compiling native/');
  compile(libtorch);
  let failed = 0;
  for (const [name, check] of Object.entries(checks(node))) {
    const begun = Date.now();
    const problem = check();
    if (problem !== undefined) failed++;
    const time = `${((Date.now() - begun) / 1000).toFixed(0)} s`;
    console.log(
      problem === undefined ? `ok      ${name} (${time})` : `FAILED  ${name}: ${problem}`,
    );
  }
  return failed === 0 ? 0 : 1;
}

readArguments('node scripts/arm64.js', {});
process.exitCode = await main().catch((error) => {
  say(error.message);
  return 1;
});
