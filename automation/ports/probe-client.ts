import type { Protocol } from "../../components/settings/settings";

/** Asks production as a client does, and says who asks. */
export interface ProbeClient {
  /**
   * Sends one GET on a new connection, without following a redirect.
   * @param signal aborted when nobody waits for the answer any more
   */
  ask(request: ProbeRequest, signal: AbortSignal): Promise<ProbeAnswer>;
}

export interface ProbeRequest {
  /** The whole address, such as `https://users.example.jp/users?limit=1`. */
  url: string;
  /** What the service speaks; a service of gRPC has no probes. */
  protocol: Protocol;
}

export type ProbeAnswer =
  /** `seconds`: from the request to the answer's status, without the time of connecting. */
  | { kind: "answered"; status: number; seconds: number }
  /** The request was sent, and there was no answer within `PROBE_ANSWER_SECONDS`. */
  | { kind: "late" }
  /** The request could not be sent, or its connection broke off: it says nothing of the service. */
  | { kind: "unreached"; reason: string };

/** Nobody's client waits longer for what is asked so often. */
export const PROBE_ANSWER_SECONDS = 5;
