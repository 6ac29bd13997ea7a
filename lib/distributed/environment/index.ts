export { type Launched, launchedBy } from './launched.js';
