import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';

/** What `instanceof` asks. */
export interface Kind {
  [Symbol.hasInstance](value: unknown): boolean;
}

// A member's name is a part of the keys in the state dict, and must not hide a field or method. A member of the same
// kind is replaced, as in Python.
export function requireFreeName(module: object, method: string, name: string, kind?: Kind): void {
  if (typeof name !== 'string' || name === '' || name.includes('.')) {
    throw invalidArgument(`${method}: expected a name without dots, got ${describe(name)}`);
  }
  const value = Reflect.get(module, name);
  if (value !== undefined && value !== null && !kind?.[Symbol.hasInstance](value)) {
    throw invalidArgument(`${method}: attribute '${name}' already exists`);
  }
}

export function requireMember(
  method: string,
  name: string,
  value: unknown,
  kind: Kind,
  kindName: string,
): void {
  if (value === null || kind[Symbol.hasInstance](value)) return;
  throw invalidArgument(
    `${method}: '${name}': expected ${kindName} or null, got ${describe(value)}`,
  );
}

/** What a field of a module holds that the module knows of. */
export interface MemberKinds {
  isModule(value: unknown): boolean;
  isParameter(value: unknown): boolean;
}

/**
 * Has a field that holds a module or parameter refuse anything but these and `null`, as Python does: what
 * is put in its place would go on being used, but no longer be learned or saved.
 */
export function guardMember(module: object, name: string, kinds: MemberKinds): void {
  const own = Object.getOwnPropertyDescriptor(module, name);
  if (own === undefined || !('value' in own) || !own.configurable || !own.writable) return;
  let current: unknown = own.value;
  const isModule = kinds.isModule(current);
  if (!isModule && !kinds.isParameter(current)) return;
  const what = isModule ? 'child module' : 'parameter';
  Object.defineProperty(module, name, {
    get: () => current,
    set: (value: unknown) => {
      if ((value ?? null) !== null && !kinds.isModule(value) && !kinds.isParameter(value)) {
        throw invalidArgument(
          `cannot assign ${describe(value)} as ${what} '${name}' of ${module.constructor.name} ` +
            `(${isModule ? 'a Module' : 'an nn.Parameter'} or null expected; copy_() changes values)`,
        );
      }
      current = value;
    },
    enumerable: own.enumerable ?? true,
    configurable: true,
  });
}

/** A name in a container: any text without dots. @throws {TypeError} `ERR_INVALID_ARG` */
export function requireMemberName(container: object, name: unknown): asserts name is string {
  if (typeof name === 'string' && name !== '' && !name.includes('.')) return;
  throw invalidArgument(
    `${container.constructor.name}: expected a name without dots, got ${describe(name)}`,
  );
}
