import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Agent } from 'node:http';
import { GuardError } from '../base/error';
import type { ApiAddress } from './address';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for requests to `address`, from `HTTPS_PROXY`, `https_proxy` or `ALL_PROXY`, unless `NO_PROXY` names the
 * host; null without one. A loopback address is never asked through a proxy.
 * @throws GuardError `usage` for a proxy address that cannot be used; the message never repeats its credentials.
 */
export function proxyFor(address: ApiAddress, env: Environment): URL | null {
  if (address.loopback) return null;
  const setting = first(env, ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']);
  if (setting === undefined || bypasses(new URL(address.base), first(env, ['no_proxy', 'NO_PROXY']) ?? '')) return null;
  const text = setting.includes('://') ? setting : `http://${setting}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new GuardError('usage', 'the proxy in HTTPS_PROXY is no http or https address', {
      hint: 'set it to http://HOST:PORT, or name this host in NO_PROXY',
    });
  return new URL(text);
}

/** TLS to the server runs inside the tunnel, so the proxy sees its name and nothing else. */
export function tunnelThrough(proxy: URL): Agent {
  return new HttpsProxyAgent(proxy, { keepAlive: false });
}

/** Curl's reading: names match themselves and their subdomains, `*` matches all, a port must agree where one is given. */
function bypasses(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? '443' : url.port;
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', wantedPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      const suffix = name.replace(/^\*?\./, '');
      if (wantedPort !== undefined && wantedPort !== port) return false;
      return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
    });
}

function first(env: Environment, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}
