import { failureClass } from "./failure";
import type { RequestSample, TrafficStream } from "./types";

export interface RequestPlan {
  /** The scheduled instant, Unix milliseconds. */
  atMs: number;
  stream: TrafficStream;
  method: RequestSample["method"];
  /** Unique id of a POST, else "". */
  postId: string;
}

interface HttpRequest {
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const JSON_HEADERS = { "content-type": "application/json" };

/** One request from its scheduled instant to its end. It ends once; what comes after that is ignored. */
export class InFlightRequest {
  readonly plan: RequestPlan;
  readonly #landed: (flight: InFlightRequest, end: RequestEnd) => void;
  #ended = false;
  /** Set by the client while the request is on a connection: frees what the request holds. */
  abandon: () => void = () => {};

  constructor(plan: RequestPlan, landed: (flight: InFlightRequest, end: RequestEnd) => void) {
    this.plan = plan;
    this.#landed = landed;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get request(): HttpRequest {
    const { method, postId, stream } = this.plan;
    if (method === "GET") return { method, path: stream.getPath };
    return { method, path: stream.postPath, headers: JSON_HEADERS, body: stream.postBody.replaceAll("<id>", postId) };
  }

  /** The whole answer is here. */
  answered(status: number, release: string): void {
    this.#end({ status, release, error: status >= 200 && status < 300 ? "" : String(status) });
  }

  /** `status` and `release` are of an answer that broke off, else 0 and "". */
  failed(error: unknown, status = 0, release = ""): void {
    this.#end({ status, release, error: failureClass(error) });
  }

  #end(end: RequestEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#landed(this, end);
  }
}

export type RequestEnd = Pick<RequestSample, "status" | "release" | "error">;
