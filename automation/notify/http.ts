import { EnvHttpProxyAgent, request } from "undici";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

interface Asked {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: object;
  signal: AbortSignal;
}

/**
 * One request, answered as JSON or not at all. HTTPS_PROXY is honoured.
 * @param address where who knows it may write: it is in no message
 * @throws Error with the answer's status or the fault's code
 */
export async function ask(address: string, { method, headers = {}, body, signal }: Asked): Promise<unknown> {
  const url = urlOf(address);
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const response = await request(url, {
      method,
      dispatcher,
      signal,
      headers: { "content-type": "application/json", "user-agent": "aoshingo", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Refused(response.statusCode);
    return jsonOf(text);
  } catch (error) {
    throw error instanceof Refused ? error : new Error(faultOf(error as NodeJS.ErrnoException, signal));
  } finally {
    await dispatcher.destroy();
  }
}

class Refused extends Error {
  constructor(status: number) {
    super(`HTTP ${status}`);
  }
}

/** Node's own message would have the address in it. */
function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname))) return url;
  throw new Error("its address is no https URL");
}

function faultOf({ code, name }: NodeJS.ErrnoException, signal: AbortSignal): string {
  return signal.aborted ? "no answer in time" : (code ?? name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
