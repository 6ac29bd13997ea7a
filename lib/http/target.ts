/**
 * A request's target as path and query (RFC 9112, 3.2): whole URLs, which proxies are sent, lose their origin. What is
 * neither, `*` for one, stays as it is.
 */
export function originForm(target = '/'): string {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}
