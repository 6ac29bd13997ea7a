/** What is printed of a module. */
interface Printed {
  extraRepr(): string;
  ownModules(): [string, Printed][];
}

/** `text` as one entry of a module's text: further lines move with the first. */
export function entry(name: string, text: string): string {
  const lines = text
    .split('\n')
    .map((line, i) => (i > 0 && line.trim() !== '' ? `  ${line}` : line));
  return `(${name}): ${lines.join('\n')}`;
}

/** Python's `repr` of a module: its own settings, then one line for every child. */
export function formatModule(module: Printed): string {
  const name = module.constructor.name;
  const extra = module.extraRepr();
  const settings = extra === '' ? [] : extra.split('\n');
  const children = module.ownModules().map(([key, child]) => entry(key, child.toString()));
  if (children.length === 0 && settings.length <= 1) return `${name}(${extra})`;
  return `${name}(\n  ${[...settings, ...children].join('\n  ')}\n)`;
}

/** A value as Python writes it. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) {
    return `(${value.map(pythonText).join(', ')}${value.length === 1 ? ',' : ''})`;
  }
  // Python turns to exponents earlier, and writes them with two digits: 1e-05.
  if (typeof value === 'number' && value !== 0 && Number.isFinite(value)) {
    const size = Math.abs(value);
    if (size < 1e-4 || size >= 1e16) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  if (Object.is(value, -0)) return '-0.0';
  return typeof value === 'number' ? pythonNumber(value) : String(value);
}

const pythonNumber = (value: number): string =>
  String(value).replace('Infinity', 'inf').replace('NaN', 'nan');

/** A number as Python writes a float, `1.0`; several as a tuple of them. */
export function pythonFloat(value: unknown): string {
  if (Array.isArray(value)) {
    return `(${value.map(pythonFloat).join(', ')}${value.length === 1 ? ',' : ''})`;
  }
  const isWhole = Number.isInteger(value) && Math.abs(value as number) < 1e16;
  return isWhole && !Object.is(value, -0) ? `${value}.0` : pythonText(value);
}

/** Numbers as Python writes a list of floats, lists within lists too. */
export const pythonFloats = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(pythonFloats).join(', ')}]` : pythonFloat(value);
