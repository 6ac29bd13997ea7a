// To be imported before a program (node --import): lets operators on the imitation's devices compute.
const { cuda } = await import('../../../dist/index.js');
if (cuda.isAvailable()) process.dlopen({ exports: {} }, process.env.IMITATION_ARITHMETIC);
