import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { ASKS_FOR_TARGET, isOf, type ToldTarget } from "../told-target";
import { failureClass } from "./failure";
import type { RequestSample, TrafficStream } from "./types";

export interface RequestPlan {
  /** The scheduled instant, Unix milliseconds. */
  atMs: number;
  stream: TrafficStream;
  method: RequestSample["method"];
  /** The unique id of a POST, else "". */
  postId: string;
  /** The path of a probe that a GET asks for. Default: the stream's own. */
  probePath?: string;
}

interface HttpRequest {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string | Readable;
}

/** An upload is sent in parts, so that none keeps other requests waiting. */
const PART = Buffer.alloc(64 * 1024, "x");
/**
 * Real milliseconds that an upload takes, as over a line of a client's own. At full speed each upload would take the
 * processors of this machine from all other requests for a tenth of a second.
 */
const UPLOAD_MS = 2_000;

const JSON_HEADERS = { ...ASKS_FOR_TARGET, "content-type": "application/json" };

const NOBODY: ToldTarget = { release: "", service: "" };

/** A request from its scheduled instant to its end. It ends once; whatever comes after that is ignored. */
export class InFlightRequest {
  readonly plan: RequestPlan;
  readonly #onEnd: (request: InFlightRequest, end: RequestEnd) => void;
  #ended = false;
  /** Frees what the request holds. The client sets it while the request is on a connection. */
  abandon: () => void = () => {};

  constructor(plan: RequestPlan, onEnd: (request: InFlightRequest, end: RequestEnd) => void) {
    this.plan = plan;
    this.#onEnd = onEnd;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get httpRequest(): HttpRequest {
    const { method, postId, stream, probePath } = this.plan;
    if (method === "GET") return { method, path: probePath ?? stream.getPath, headers: ASKS_FOR_TARGET };
    const path = stream.postPath.replaceAll("<id>", postId);
    if (stream.uploadBytes === 0)
      return { method, path, headers: JSON_HEADERS, body: stream.postBody.replaceAll("<id>", postId) };
    const headers = {
      ...ASKS_FOR_TARGET,
      "content-type": "application/octet-stream",
      "content-length": String(stream.uploadBytes),
    };
    return { method, path, headers, body: Readable.from(partsOf(stream.uploadBytes)) };
  }

  /** A part of the right answer; "" if any is right. */
  get expected(): string {
    const { method, postId, stream } = this.plan;
    const { get = "", post = "" } = stream.answers ?? {};
    return method === "GET" ? get : post.replaceAll("<id>", postId);
  }

  /**
   * Ends it with a complete answer.
   * @param body needed only where a part of it is expected
   */
  answered(status: number, told: ToldTarget = NOBODY, body = ""): void {
    const isOk = status >= 200 && status < (this.plan.probePath === undefined ? 300 : 500);
    const isRight = isOf(this.plan.stream.service, told) && body.includes(this.expected);
    this.#end({ status, told, error: !isOk ? String(status) : isRight ? "" : "wrongAnswer" });
  }

  /** Ends it with a complete answer of gRPC; only an answer that is none of gRPC has no status of it. */
  answeredByGrpc(status: number, told: ToldTarget, grpcStatus = "0"): void {
    const isFailed = status === 200 && grpcStatus !== "0";
    if (isFailed) this.#end({ status, told, error: `gRPC ${grpcStatus}` });
    else this.answered(status, told);
  }

  /** Ends it as failed. `status` and `told` are those of an answer that broke off; without one 0 and nobody. */
  failed(error: unknown, status = 0, told: ToldTarget = NOBODY): void {
    this.#end({ status, told, error: failureClass(error) });
  }

  #end({ status, told, error }: { status: number; told: ToldTarget; error: string }): void {
    if (this.#ended) return;
    this.#ended = true;
    // A release of another service says nothing about this service's colours.
    this.#onEnd(this, { status, release: isOf(this.plan.stream.service, told) ? told.release : "", error });
  }
}

/** Yields the parts of an upload, each when it is due. */
async function* partsOf(bytes: number): AsyncGenerator<Buffer> {
  const beganAtMs = performance.now();
  for (let sent = 0; sent < bytes; sent += PART.length) {
    const dueInMs = beganAtMs + (UPLOAD_MS * sent) / bytes - performance.now();
    if (dueInMs > 0) await delay(dueInMs);
    yield PART.subarray(0, bytes - sent);
  }
}

export type RequestEnd = Pick<RequestSample, "status" | "release" | "error">;
