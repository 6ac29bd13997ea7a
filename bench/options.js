import { parseArgs } from 'node:util';

/** Options with each benchmark's own defaults: integers ≥ 0, or texts where the default is one. */
export function readOptions(args, defaults) {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string', default: `${defaults[name]}` }]),
  );
  try {
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(
      Object.entries(values).map(([name, text]) => {
        if (typeof defaults[name] === 'string') return [name, text];
        const value = Number(text);
        if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
          throw new Error(`--${name}: expected an integer ≥ 0, got '${text}'`);
        }
        return [name, value];
      }),
    );
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
