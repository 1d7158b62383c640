import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RandomNumbers } from "../../../seeded-random";
import type { ClientConnection } from "../http-headers";
import type { AccessLog, LoggedRequest } from "./access-log";
import { answerError, answerFixed, answerMismatch, answerRedirect } from "./answer";
import { chooseByWeight } from "./choice";
import { hostOf, hostOnAws } from "./client-response";
import { type Forwards, Http1Forwarding, type OnOutcome } from "./forward";
import { Http2Forwarding } from "./forward-http2";
import { findAction } from "./listener-rules";
import type { NodeRules } from "./node-rules";
import type { NodeTargets } from "./node-targets";
import { isTaken } from "./protocol-version";
import { type RedirectAction, redirectLocation } from "./redirect";
import type { Target } from "./target";
import type { Outcome, TrafficCounts } from "./traffic-counts";
import { forwardUpgrade, responseOn } from "./upgrade";

/** What one node of a load balancer knows. */
export interface RoutingNode {
  rules: NodeRules;
  targets: NodeTargets;
}

/** The state that all request routers of a load balancer share. */
export interface SharedState extends Forwards {
  accessLog: AccessLog;
  counts: TrafficCounts;
  random: RandomNumbers;
  portOffset: number;
}

/** Routes the requests of one listener on one node by the rules and targets that the node knows at that moment. */
export class RequestRouter {
  constructor(
    private readonly connection: ClientConnection,
    /** The loopback address of the node, which access logs name. */
    private readonly address: string,
    private readonly node: RoutingNode,
    private readonly shared: SharedState,
  ) {}

  request(request: IncomingMessage, response: ServerResponse): void {
    const logged = this.shared.accessLog.begin(this.address, this.connection, request, response);
    const found = this.#route(request, () => response, logged);
    if (!found) return;
    const OneForwarding = found.target.protocolVersion === "HTTP1" ? Http1Forwarding : Http2Forwarding;
    new OneForwarding(request, response, found.target, found.onOutcome).start(this.connection, this.shared);
  }

  /** @param idleMs real milliseconds without data after which the WebSocket is closed */
  webSocket(request: IncomingMessage, socket: Socket, head: Buffer, idleMs: number): void {
    const found = this.#route(request, () => responseOn(request, socket));
    if (!found) return;
    const limits = { ...this.shared, idleMs };
    forwardUpgrade(request, socket, head, found.target, this.connection, limits, found.onOutcome);
  }

  /** Chooses the target for a request. Returns undefined when the load balancer has answered the request itself. */
  #route(
    request: IncomingMessage,
    response: () => ServerResponse,
    logged?: LoggedRequest,
  ): { target: Target; onOutcome: OnOutcome } | undefined {
    const { counts, random, portOffset } = this.shared;
    const host = hostOnAws(request, this.connection, portOffset);
    const rules = this.node.rules.current.get(this.connection.port);
    const found = rules && findAction(rules, host, request.url ?? "/", request.headers);
    const action = found?.action;
    if (found) logged?.routed(found.priority, found.action.type);
    switch (action?.type) {
      case "forward": {
        const arn = chooseByWeight(action.targetGroups, random)?.arn;
        if (arn === undefined) break;
        // There is no failover: the requests for an empty group are answered with 503 (aws-rules E22).
        const target = this.node.targets.pick(arn);
        if (!target) break;
        if (!isTaken(request, target.protocolVersion)) {
          answerMismatch(response());
          return undefined;
        }
        const chosenAtMs = performance.now();
        logged?.sent(arn, target.config.endpoint);
        const onOutcome = (outcome: Outcome) => {
          counts.request(arn, outcome, performance.now() - chosenAtMs);
          logged?.answered(outcome);
        };
        return { target, onOutcome };
      }
      case "redirect":
        answerRedirect(response(), action.statusCode, this.#locationFor(action, request));
        return undefined;
      case "fixed-response":
        answerFixed(response(), action);
        return undefined;
    }
    counts.ownError();
    answerError(response(), 503);
    return undefined;
  }

  #locationFor(action: RedirectAction, request: IncomingMessage): string {
    return redirectLocation(action, {
      ...this.connection,
      hostHeader: hostOf(request),
      url: request.url ?? "/",
      portOffset: this.shared.portOffset,
    });
  }
}
