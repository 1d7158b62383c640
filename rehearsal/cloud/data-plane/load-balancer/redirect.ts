import type { ActionConfig } from "./types";

export type RedirectAction = Extract<ActionConfig, { type: "redirect" }>;

/** The values of a redirect's placeholders. */
export interface RedirectRequest {
  protocol: "http" | "https";
  /** As the client sent it, with or without a port. */
  hostHeader: string;
  /** Path and query. */
  url: string;
  /** The listener's AWS port. */
  port: number;
  portOffset: number;
}

/**
 * Returns the Location header in ELB's form, which always has a port (`https://host:443/path?query`).
 *
 * A client that wrote the rehearsal's own port into the Host header does not use the egress proxy. It gets a port that
 * it can reach: AWS's port plus the offset. Every other client gets exactly what AWS sends.
 */
export function redirectLocation(action: RedirectAction, request: RedirectRequest): string {
  const [, host = "", clientPort = ""] = /^(.*?)(?::(\d+))?$/.exec(request.hostHeader) ?? [];
  const queryAt = request.url.indexOf("?");
  const path = (queryAt < 0 ? request.url : request.url.slice(0, queryAt)).replace(/^\//, "");
  const query = queryAt < 0 ? "" : request.url.slice(queryAt + 1);
  const values: Record<string, string> = { protocol: request.protocol, host, port: String(request.port), path, query };
  const fill = (template: string) =>
    template.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => values[name] ?? "");

  const direct = request.portOffset !== 0 && Number(clientPort) === request.port + request.portOffset;
  const port = Number(fill(action.port)) + (direct ? request.portOffset : 0);
  const filledQuery = fill(action.query);
  const filledPath = fill(action.path);
  const slash = filledPath.startsWith("/") ? "" : "/";
  return `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${port}${slash}${filledPath}${filledQuery && `?${filledQuery}`}`;
}
