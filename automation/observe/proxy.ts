import { HTTPS } from "../../components/core/ports";

/**
 * Returns the URL of the proxy for requests to a URL, whichever address or load balancer they connect to; undefined for none. HTTPS_PROXY
 * says it, as to most programs: behind a company's proxy, and to reach the rehearsal cloud by its production names. NO_PROXY names
 * hosts that are reached without it, read as undici reads it.
 */
export function proxyFor(url: string): string | undefined {
  const { HTTPS_PROXY, https_proxy, NO_PROXY = "", no_proxy = NO_PROXY } = process.env;
  const proxy = (HTTPS_PROXY ?? https_proxy) || undefined;
  return proxy !== undefined && isExempt(new URL(url), no_proxy) ? undefined : proxy;
}

/** @param noProxy `*`, or a list of names, each with all names below it, maybe with a port: `.example.jp, localhost:8443` */
function isExempt({ hostname, port }: URL, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const entries = noProxy.split(/[,\s]/).filter((entry) => entry !== "");
  return entries.some((entry) => {
    const [, host = entry, only = "0"] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const name = host.replace(/^\*?\./, "").toLowerCase();
    const isPort = Number(only) === 0 || Number(only) === (Number(port) || HTTPS);
    return isPort && (hostname === name || hostname.endsWith(`.${name}`));
  });
}
