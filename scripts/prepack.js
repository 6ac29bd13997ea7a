// npm runs this before it packs or publishes this folder, which is no package: scripts/packages.js makes them.
console.error(
  'lenet-torch cannot be packed here: npm run release makes its packages, npm run smoke some to try',
);
process.exit(1);
