import { EnvHttpProxyAgent, RetryAgent, type RetryHandler, request } from "undici";
import { parseJson } from "../../components/core/parse-json";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * A lost connection, 429 and 5xx often pass within a second, and the last notification of a run has no later one that says
 * the same. The waits are 0.5 and 1 s, or what `Retry-After` says, up to 2 s: all three tries fit into a notification's
 * limit.
 */
const RETRY: RetryHandler.RetryOptions = {
  methods: ["GET", "POST"],
  maxRetries: 2,
  minTimeout: 500,
  maxTimeout: 2_000,
  // With it the last response would be an error.
  throwOnError: false,
};

interface RequestOptions {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: object;
  signal: AbortSignal;
}

/**
 * Sends a request, through HTTPS_PROXY if it is set, and up to twice again where that may help: the other side may get it
 * more than once.
 * @param address URL, treated as a secret: it is in no message
 * @returns the response's JSON; undefined if the body is not JSON
 * @throws Error with the response's status or the error's code
 */
export async function requestJson(
  address: string,
  { method, headers = {}, body, signal }: RequestOptions,
): Promise<unknown> {
  const url = urlOf(address);
  const dispatcher = new RetryAgent(new EnvHttpProxyAgent(), RETRY);
  try {
    const response = await request(url, {
      method,
      dispatcher,
      signal,
      headers: { "content-type": "application/json", "user-agent": "aoshingo", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new HttpError(response.statusCode);
    return parseJson(text);
  } catch (error) {
    throw error instanceof HttpError ? error : new Error(reasonOf(error as NodeJS.ErrnoException, signal));
  } finally {
    await dispatcher.destroy();
  }
}

class HttpError extends Error {
  constructor(status: number) {
    super(`HTTP ${status}`);
  }
}

/** Parses the address. The message of Node's own error would contain it. */
function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.test(url.hostname))) return url;
  throw new Error("its address is not an https URL");
}

function reasonOf({ code, name }: NodeJS.ErrnoException, signal: AbortSignal): string {
  return signal.aborted ? "no answer in time" : (code ?? name);
}
