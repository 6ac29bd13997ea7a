import { homeFolder } from './home.js';

/** Takes user names and passwords out of the addresses in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/@\s'"]+@/g, '://');
}

/** Writes the home folder as `~`, and addresses without their credentials: fit to be shown to others. */
export function presentable(text: string, home: string = homeFolder() ?? ''): string {
  const bare = withoutCredentials(text);
  // A home of `/` (containers, services) would turn every path into one below `~`.
  if (home.length < 2) return bare;
  const escaped = home.replace(/\/+$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return bare.replace(new RegExp(`(?<![\\w.~-])${escaped}(?![\\w.-])`, 'g'), '~');
}

const proxyNames = ['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy', 'pip_proxy'];

/** The proxies that the environment names, without credentials. */
export function proxiesOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!value || !proxyNames.includes(name.toLowerCase())) continue;
    // `user:password@host:port` is a proxy too.
    found[name] = withoutCredentials(value).replace(/^[^/@\s]+@/, '');
  }
  return found;
}
