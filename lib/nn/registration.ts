import { describe } from '../argument/describe.js';
import { invalidArgument } from '../error.js';

// A member's name is a part of the keys in the state dict, and must not hide a field or method.
export function requireFreeName(module: object, method: string, name: string): void {
  if (typeof name !== 'string' || name === '' || name.includes('.')) {
    throw invalidArgument(`${method}: expected a name without dots, got ${describe(name)}`);
  }
  const value = Reflect.get(module, name);
  if (value !== undefined && value !== null) {
    throw invalidArgument(`${method}: attribute '${name}' already exists`);
  }
}

export function requireMember(
  method: string,
  name: string,
  value: unknown,
  kind: { [Symbol.hasInstance](value: unknown): boolean },
  kindName: string,
): void {
  if (value === null || kind[Symbol.hasInstance](value)) return;
  throw invalidArgument(
    `${method}: '${name}': expected ${kindName} or null, got ${describe(value)}`,
  );
}
