// `npm start`: sets up what is missing, then trains LeNet; options pass through to `train`.
import { setupOrExit } from './setup.js';

await setupOrExit();
process.argv.splice(2, 0, 'train');
await import('../dist/cli/main.js');
