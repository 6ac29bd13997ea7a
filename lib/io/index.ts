export { load } from './load.js';
export { loadSafetensors, type Safetensors } from './safetensors/read.js';
export { type SafetensorsOptions, saveSafetensors } from './safetensors/write.js';
export { save } from './save.js';
