import type { Protocol } from "../../components/settings/settings";

/** Sends requests to a service over HTTPS, as its clients do. */
export interface HttpClient {
  /** @throws if no response arrives */
  get(request: HttpRequest): Promise<HttpResponse>;
  /**
   * Returns every IPv4 address of a name. Empty behind a proxy, which alone resolves names.
   * @param url what is asked for at the addresses
   * @throws if the name cannot be resolved
   */
  addresses(name: string, url: string): Promise<string[]>;
}

export interface HttpRequest {
  /** Such as `https://users.example.jp/healthz`. */
  url: string;
  /**
   * DNS name of a load balancer to connect to instead of the host that the URL names; Host header and TLS name stay the
   * URL's. Null: the URL's host.
   */
  via: string | null;
  /** Address to connect to, of all that this name has. Without it, whichever comes first. */
  address?: string;
  /** The Host header. Default: the host of the URL. */
  hostHeader?: string;
  /** What the service speaks: with gRPC the URL's path is a method, which gets an empty message. Default: HTTP/1.1. */
  protocol?: Protocol;
}

export interface HttpResponse {
  status: number;
  /** Value of the x-release header; "" without one. */
  release: string;
  /** Why an answer of gRPC is not a good one, whose HTTP status is 200 all the same. */
  grpcError?: string;
}

/**
 * The header in which a service says which release responds; its value is the RELEASE variable that the task was given.
 */
export const RELEASE_HEADER = "x-release";
