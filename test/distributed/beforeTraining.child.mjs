// One of several processes that train from the command line; rank 1 has no data.
const data = process.env.RANK === '1' ? ['--data', import.meta.filename] : [];
const words = ['train', '--epochs', '1', '--limit-train', '256', '--limit-test', '256', ...data];
process.argv = [process.argv[0], 'lenet-torch', ...words];
await import('../../dist/cli/main.js');
