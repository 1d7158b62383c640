/** Asks a service over HTTPS, as its clients do. */
export interface HttpClient {
  get(question: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  /** `https://users.example.jp/healthz` */
  url: string;
  /** Connect to this load balancer instead of where the url's name leads; Host header and TLS name stay the url's. */
  via: string | null;
}

export interface HttpResponse {
  status: number;
  /** The x-release header, or "". */
  release: string;
}

/** The header in which a service says which release answers; its value is the RELEASE variable that the task was given. */
export const RELEASE_HEADER = "x-release";
