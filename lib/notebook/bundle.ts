import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';

/** A value in one or several forms, by MIME type; those that are bytes in base64. */
export type MimeBundle = Readonly<Record<string, string>>;

/** By which notebooks ask a value for its forms: a method that returns them, or a promise of them. */
export const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display');

const images: readonly (readonly [type: string, firstBytes: readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
];

/** The forms of any value: its own, a picture's, or its text as `console.log` would print it. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  const own = (value as { [jupyterDisplay]?: unknown } | null | undefined)?.[jupyterDisplay];
  if (typeof own === 'function') return requireBundle(await own.call(value));
  if (typeof value === 'string') return ofText(value);
  return (value instanceof Uint8Array && ofImage(value)) || { 'text/plain': inspect(value) };
}

function requireBundle(given: unknown): MimeBundle {
  if (typeof given === 'object' && given !== null && Object.keys(given).length > 0) {
    return given as MimeBundle;
  }
  throw invalidArgument(
    "display: value: expected its method Symbol.for('Jupyter.display') to return forms by MIME type, " +
      `such as { 'text/plain': '…' }, got ${inspect(given)}`,
  );
}

function ofText(text: string): MimeBundle {
  if (!/^\s*<svg[\s/>]/.test(text)) return { 'text/plain': text };
  const [, title] = /<title>([^<]*)<\/title>/.exec(text) ?? [];
  return { 'image/svg+xml': text, 'text/plain': `<picture: ${title ?? 'SVG'}>` };
}

function ofImage(bytes: Uint8Array): MimeBundle | undefined {
  const [type] = images.find(([, first]) => first.every((byte, i) => bytes[i] === byte)) ?? [];
  if (type === undefined) return undefined;
  const { buffer, byteOffset, byteLength } = bytes;
  return {
    [type]: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    'text/plain': `<picture: ${type}, ${byteLength.toLocaleString('en-US')} bytes>`,
  };
}

/** The form for who can show text only. */
export const plainForm = (bundle: MimeBundle): string =>
  bundle['text/plain'] ?? `<${Object.keys(bundle).join(', ')}>`;
