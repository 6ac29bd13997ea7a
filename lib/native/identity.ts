let made = 0;

/**
 * A number for each object whose state is not in its fields: it tells them apart where values are compared
 * deeply, as `deepStrictEqual` and test runners do.
 */
export function nextIdentity(): number {
  return ++made;
}

/** Has `structuredClone` and `postMessage` refuse an object that has it in a field: symbols are not cloned. */
export const uncloneable: unique symbol = Symbol(
  'an object with native state: clone what stateDict() gives, or send data(); it',
);
