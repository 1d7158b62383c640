import { request } from "node:http";
import { connect, constants } from "node:http2";
import { callHead, EMPTY_MESSAGE } from "../../../grpc-request";
import type { CloudClock } from "../../kernel/clock";
import type { TargetEndpoint } from "../../kernel/ports";
import type { CheckOutcome } from "./target-health";
import { timeLimitMs } from "./time-limit";
import type { HealthCheckConfig, ProtocolVersion, TargetConfig } from "./types";

/** User agent of health checks (aws-rules E28). */
export const ELB_HEALTH_CHECKER = "ELB-HealthChecker/2.0";

/**
 * Checks one target once, over a new connection. Never rejects.
 * The Host header is the target's address and port, not the public name (aws-rules E28).
 */
export function checkHealth(
  target: TargetConfig,
  check: HealthCheckConfig,
  protocolVersion: ProtocolVersion,
  clock: CloudClock,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  if (!target.reachable) return timeoutAfter(clock.realMs(check.timeoutSeconds), signal);
  const { endpoint } = target;
  if (!endpoint) return Promise.resolve({ kind: "failed" });
  const isGrpc = protocolVersion === "GRPC";
  const isSuccess = parseSuccessCodes(check.matcher, isGrpc);
  const host = `${endpoint.address}:${target.port}`;

  return new Promise((resolve) => {
    const limit = setTimeout(() => settle({ kind: "timeout" }), timeLimitMs(clock, check.timeoutSeconds));
    const answered = (code: number | undefined) => {
      if (code === undefined) settle({ kind: "failed" });
      else settle(isSuccess(code) ? { kind: "passed" } : { kind: "codeMismatch", status: code });
    };
    const send = protocolVersion === "HTTP1" ? sendHttp1 : sendHttp2;
    let close = () => {};
    const settle = (outcome: CheckOutcome) => {
      clearTimeout(limit);
      resolve(outcome);
      close();
    };
    try {
      close = send({ endpoint, host, path: check.path, isGrpc }, answered, signal);
    } catch {
      // Node refuses to send a path with raw spaces or other characters than ASCII.
      settle({ kind: "failed" });
    }
  });
}

interface Check {
  endpoint: TargetEndpoint;
  host: string;
  path: string;
  isGrpc: boolean;
}

/** Gets the code of a whole response; undefined if none came. */
type Answered = (code: number | undefined) => void;

/** The body of a response is read to its end: a target that cannot finish its response is not healthy. */
function sendHttp1({ endpoint, host, path }: Check, answered: Answered, signal: AbortSignal): () => void {
  const sent = request({
    host: endpoint.address,
    port: endpoint.port,
    path,
    headers: { Host: host, "User-Agent": ELB_HEALTH_CHECKER, Connection: "close" },
    agent: false,
    signal,
  });
  sent.on("error", () => answered(undefined));
  sent.on("response", (answer) => {
    answer.on("error", () => answered(undefined));
    answer.on("end", () => answered(statusOf(endpoint, answer.statusCode)));
    answer.resume();
  });
  sent.end();
  return () => sent.destroy();
}

/** The same over HTTP/2. The code of gRPC is in the trailers, or in the head of a response without a body. */
function sendHttp2({ endpoint, host, path, isGrpc }: Check, answered: Answered, signal: AbortSignal): () => void {
  const session = connect(`http://${endpoint.address}:${endpoint.port}`);
  const destroy = () => session.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  session.once("close", () => signal.removeEventListener("abort", destroy));
  session.on("error", () => answered(undefined));
  const sent = session.request(
    {
      ...(isGrpc ? callHead(path) : { ":method": "GET", ":path": path }),
      ":authority": host,
      "user-agent": ELB_HEALTH_CHECKER,
    },
    { endStream: !isGrpc },
  );
  let code: string | number | undefined;
  sent.on("response", (head) => {
    code = isGrpc ? head["grpc-status"]?.toString() : head[":status"];
  });
  sent.on("trailers", (trailers) => {
    if (isGrpc) code = trailers["grpc-status"]?.toString();
  });
  sent.on("error", () => answered(undefined));
  sent.on("close", () => {
    const isWhole = sent.rstCode === constants.NGHTTP2_NO_ERROR && code !== undefined;
    answered(isWhole ? statusOf(endpoint, Number(code)) : undefined);
  });
  sent.resume();
  if (isGrpc) sent.end(EMPTY_MESSAGE);
  return destroy;
}

/** The code that counts: that of a fault, if the target has one. */
function statusOf({ failure }: TargetEndpoint, answered = 0): number {
  return failure?.healthChecks ? failure.status : answered;
}

/** Returns a timeout after the whole time limit: there is no response to a packet that a security group drops (E9). */
function timeoutAfter(milliseconds: number, signal: AbortSignal): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve({ kind: "timeout" });
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}

/** The codes that a matcher may have: statuses of HTTP (aws-rules E26), or of gRPC (E57). */
const CODES = {
  http: { form: /^(\d{3})(?:-(\d{3}))?$/, least: 200, most: 499 },
  grpc: { form: /^(\d{1,2})(?:-(\d{1,2}))?$/, least: 0, most: 99 },
};

/**
 * Parses a health check's matcher. Returns a function that is true for the codes that pass.
 * @param matcher as AWS writes it: "200", "200-299", "200,202"
 * @throws Error for any other matcher, which the control plane has already refused
 */
export function parseSuccessCodes(matcher: string, isGrpc = false): (code: number) => boolean {
  const { form, least, most } = CODES[isGrpc ? "grpc" : "http"];
  const ranges = matcher.split(",").map((part) => {
    const found = form.exec(part.trim());
    const low = Number(found?.[1]);
    const high = Number(found?.[2] ?? found?.[1]);
    if (!found || low < least || high > most || low > high) {
      throw new Error(
        `Health check matcher "${matcher}": "${part}" is not a code from ${least} to ${most} nor a range of them`,
      );
    }
    return { low, high };
  });
  return (code) => ranges.some(({ low, high }) => low <= code && code <= high);
}
