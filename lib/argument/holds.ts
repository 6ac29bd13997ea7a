/**
 * Whether what an object says of itself still holds: whoever overrides or replaces one of these members below the
 * class that says it has changed what the object does, and has to say it anew. Who does a class's work in its
 * place asks.
 *
 * @param claim - The method or property that says it.
 * @param members - What it is said of.
 */
export function holds(
  object: object,
  claim: PropertyKey,
  members: readonly PropertyKey[],
): boolean {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, claim)) return true;
    const own = at;
    if (members.some((member) => Object.hasOwn(own, member))) return false;
  }
  return false;
}
