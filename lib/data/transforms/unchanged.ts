/**
 * Whether an object behaves as its class says: no subclass, and none of these members replaced. Engines
 * that do a class's work themselves ask.
 */
export function isUnchanged(
  object: object,
  type: { readonly prototype: object },
  members: readonly PropertyKey[],
): boolean {
  return (
    Object.getPrototypeOf(object) === type.prototype &&
    !members.some((member) => Object.hasOwn(object, member))
  );
}
