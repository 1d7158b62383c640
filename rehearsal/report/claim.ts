import { count } from "../../automation/page/kit/format";
import { STREAM_NAMES, type StreamName } from "../traffic/types";
import { sum } from "./deploy-log";
import { sentRequests } from "./headline";
import type { RehearsalReport } from "./types";

const COUNTS = ["failed", "lost", "doubled"] as const;

/**
 * The three rehearsals of a comparison: rules on both load balancers; records alone; records alone without the drain.
 */
export interface Comparison {
  routed: RehearsalReport;
  dns: RehearsalReport;
  dnsNoDrain: RehearsalReport;
}

/**
 * The parts of the design's claim that the rehearsals did not show, one line each; empty when they showed all. The
 * claim: to move records alone fails honest clients without the drain, and with it only those that do not ask DNS
 * again; rules on both load balancers fail nobody.
 */
export function unseenParts({ routed, dns, dnsNoDrain }: Comparison): string[] {
  const parts: [seen: boolean, line: string][] = [
    [dnsNoDrain.failedStep === null, `dns, no drain: the deploy stopped at ${dnsNoDrain.failedStep}`],
    [
      dnsNoDrain.traffic.honest.failed > 0,
      "dns, no drain: no request of an honest client failed, some were expected to",
    ],
    [dns.failedStep === null, `dns: the deploy stopped at ${dns.failedStep}`],
    [notOk(dns, ["honest"]) === 0, `dns: of the honest clients' requests ${countsOf(dns, ["honest"])}; expected none`],
    [
      dns.traffic.sticky.failed + dns.traffic.keepAlive.failed > 0,
      "dns: no request of a sticky or keepAlive client failed, some were expected to",
    ],
    [routed.failedStep === null, `routed: the deploy stopped at ${routed.failedStep}`],
    [notOk(routed, STREAM_NAMES) === 0, `routed: of all requests ${countsOf(routed, STREAM_NAMES)}; expected none`],
  ];
  return parts.filter(([seen]) => !seen).map(([, line]) => line);
}

/** What the three rehearsals show, as sentences. Only for a comparison without unseen parts. */
export function claimOf({ dns, dnsNoDrain, routed }: Comparison): string {
  const honest = count(dnsNoDrain.traffic.honest.failed);
  const others = count(dns.traffic.sticky.failed + dns.traffic.keepAlive.failed);
  return [
    `Moving the records alone and stopping the old colour at once failed ${honest} requests of clients that follow DNS;`,
    `the drain of ${dns.drainSeconds} s saves all of those, but not ${others} of clients that do not ask DNS again;`,
    `rules on both load balancers fail nobody: 0 of ${count(sentRequests(routed))}.`,
  ].join("\n");
}

function notOk(report: RehearsalReport, classes: readonly StreamName[]): number {
  return sum(COUNTS.map((key) => total(report, classes, key)));
}

function countsOf(report: RehearsalReport, classes: readonly StreamName[]): string {
  const [failed, lost, doubled] = COUNTS.map((key) => count(total(report, classes, key)));
  return `${failed} failed, ${lost} were lost, ${doubled} were doubled`;
}

function total({ traffic }: RehearsalReport, classes: readonly StreamName[], key: (typeof COUNTS)[number]): number {
  return sum(classes.map((name) => traffic[name]?.[key] ?? 0));
}
