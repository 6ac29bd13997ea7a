import { withoutCredentials } from '../../libtorch/redact.js';

/** A proxy that the environment names, and where it does. */
export interface Proxy {
  readonly variable: string;
  readonly address: URL;
}

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/**
 * The proxy for an address, as curl and pip read the environment: `https_proxy` or `http_proxy` by the
 * address's scheme, else `all_proxy`, in small letters or capitals, unless `no_proxy` has its host.
 *
 * @throws {Error} For an address that is none, or not of a proxy by http or https.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  const names = [`${url.protocol.slice(0, -1)}_proxy`, 'all_proxy'];
  const variable = names
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => env[name]?.trim());
  if (variable === undefined || isExcepted(url, env.no_proxy ?? env.NO_PROXY ?? ''))
    return undefined;
  const text = env[variable]!.trim();
  // Without a scheme it is a proxy by http, also for addresses with https.
  const full = text.includes('://') ? text : `http://${text}`;
  const address = URL.canParse(full) ? new URL(full) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new Error(
      `${variable} is ${bare(text)}: expected the address of a proxy by http or https`,
    );
  }
  return { variable, address };
}

// Hosts, domains with or without a dot before them, both perhaps with a port; `*` for all.
function isExcepted({ hostname, protocol, port }: URL, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', onPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onPort !== undefined && onPort !== (port || defaultPorts[protocol])) return false;
      return hostname === name || hostname.endsWith(`.${name}`);
    });
}

/** A proxy's address without its password, which may come before an `@` without a scheme. */
const bare = (text: string): string => withoutCredentials(text).replace(/^[^/@\s]+@/, '');

/** For errors: where an address was asked for. */
export function describeProxy({ variable, address }: Proxy): string {
  return `through the proxy that ${variable} names, ${bare(address.href)}`;
}

/** `fetch`, through a proxy where one is named. */
export async function fetchThrough(
  proxy: Proxy | undefined,
  url: URL,
  signal: AbortSignal,
): Promise<Pick<Response, 'ok' | 'status' | 'headers' | 'body'>> {
  if (proxy === undefined) return fetch(url, { signal });
  // Here and not above: few need it. Node's own `fetch` looks at proxies from Node 24 on, when told to.
  const undici = await import('undici');
  const dispatcher = new undici.ProxyAgent(proxy.address.href);
  const response = await undici.fetch(url, { signal, dispatcher });
  return response as unknown as Response;
}
