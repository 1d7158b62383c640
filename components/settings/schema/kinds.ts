/** The edges: `public` for everybody, `internal` for other services of the stack. */
export const EXPOSURES = ["public", "internal"] as const;

export type Exposure = (typeof EXPOSURES)[number];

/** The kinds of services. */
export const KINDS = ["api", "worker", "job"] as const;

export type Kind = (typeof KINDS)[number];

/** What an api speaks to the load balancers, as AWS names the protocol versions of target groups. */
export const PROTOCOLS = ["http1", "http2", "grpc"] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** The path of a health check, without a setting: with gRPC the method of the standard health service. */
export const HEALTH_PATHS: Readonly<Record<Protocol, string>> = {
  http1: "/healthz",
  http2: "/healthz",
  grpc: "/grpc.health.v1.Health/Check",
};

/** A gRPC method as a path: its service with the package, and its name. */
export const GRPC_METHOD = /^\/(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*\/[A-Za-z_]\w*$/;

/** Defaults that rules between settings need as well. */
export const DEFAULTS = {
  instanceType: "t3.small",
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyCount: 2,
  stopTimeoutSeconds: 30,
  deregistrationDelaySeconds: 30,
  visibilityTimeoutSeconds: 60,
  sidecarCpu: 128,
  sidecarMemory: 128,
};
