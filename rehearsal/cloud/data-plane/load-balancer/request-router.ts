import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RandomNumbers } from "../../../seeded-random";
import { answerError, answerFixed, answerRedirect } from "./answer";
import { chooseByWeight } from "./choice";
import type { Pace } from "./cloud-clock";
import { Forwarding, type OnOutcome } from "./forward";
import type { ClientConnection } from "./headers";
import { findAction } from "./listener-rules";
import type { NodeRules } from "./node-rules";
import { type RedirectAction, redirectLocation } from "./redirect";
import type { Target } from "./target";
import type { TargetGroup } from "./target-group";
import type { TrafficCounts } from "./traffic-counts";
import { forwardUpgrade, responseOn } from "./upgrade";

/** What all entrances of a load balancer share. */
export interface SharedState {
  groups: ReadonlyMap<string, TargetGroup>;
  counts: TrafficCounts;
  random: RandomNumbers;
  pace: Pace;
  portOffset: number;
}

/** One listener on one node: decides for each request what happens to it, by the rules that the node follows then. */
export class RequestRouter {
  constructor(
    private readonly connection: ClientConnection,
    private readonly rules: NodeRules,
    private readonly inside: SharedState,
  ) {}

  request(request: IncomingMessage, response: ServerResponse): void {
    const found = this.#route(request, () => response);
    if (!found) return;
    new Forwarding(request, response, found.target, found.onOutcome).start(this.connection, this.inside.pace);
  }

  /** @param idleMs real milliseconds of silence that end the WebSocket */
  webSocket(request: IncomingMessage, socket: Socket, head: Buffer, idleMs: number): void {
    const found = this.#route(request, () => responseOn(request, socket));
    if (!found) return;
    const limits = { pace: this.inside.pace, idleMs };
    forwardUpgrade(request, socket, head, found.target, this.connection, limits, found.onOutcome);
  }

  /** The target for a request, or undefined when it has been answered here. */
  #route(
    request: IncomingMessage,
    response: () => ServerResponse,
  ): { target: Target; onOutcome: OnOutcome } | undefined {
    const { groups, counts, random } = this.inside;
    const rules = this.rules.current.get(this.connection.port);
    const action = rules && findAction(rules, request.headers.host ?? "", request.url ?? "/");
    switch (action?.type) {
      case "forward": {
        const arn = chooseByWeight(action.targetGroups, random)?.arn;
        if (arn === undefined) break;
        // No failover: an empty group gets its share of requests, and they get 503 (aws-rules E22).
        const target = groups.get(arn)?.pick();
        if (!target) break;
        const chosenAtMs = performance.now();
        return { target, onOutcome: (outcome) => counts.request(arn, outcome, performance.now() - chosenAtMs) };
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
      hostHeader: request.headers.host ?? "",
      url: request.url ?? "/",
      portOffset: this.inside.portOffset,
    });
  }
}
