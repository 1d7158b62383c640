import { count } from "../../automation/page/kit/format";
import { SPREAD } from "../cloud/spread";
import type { StreamName } from "../traffic/types";
import { sum } from "./deploy-log";
import { classesOf, failedRequests, sentRequests } from "./headline";
import { problemsBesidesRequests } from "./traffic-problems";
import type { RehearsalReport } from "./types";

const COUNTS = ["failed", "lost", "doubled"] as const;

/** Two rehearsals with rules on both load balancers that take so long to reach every node. */
interface RoutedPair {
  spreadSeconds: number;
  /** The drain goes on until the old colour gets no requests. */
  routed: RehearsalReport;
  /** There is neither a drain nor a bake: the old colour stops when production was confirmed. */
  noDrain: RehearsalReport;
}

/** The rehearsals of a comparison: rules on both load balancers; records alone; records alone without the drain. */
export interface Comparison {
  /** One for each spread, at least one. */
  pairs: RoutedPair[];
  dns: RehearsalReport;
  dnsNoDrain: RehearsalReport;
}

/** The name of a routed rehearsal in the table, such as "routed" or "routed, spread 30". */
export function routedName({ pairs }: { pairs: readonly unknown[] }, spreadSeconds: number, isShort: boolean): string {
  const spread = pairs.length > 1 ? `, spread ${spreadSeconds}` : "";
  return `routed${spread}${isShort ? ", no drain" : ""}`;
}

/**
 * The parts of the design's claim that the rehearsals did not show, one line each; empty when they showed all. The
 * claim: to move records alone fails honest clients without the drain, and with it only those that do not ask DNS
 * again; rules on both load balancers fail nobody, however long they take to reach every node, as long as the drain
 * looks at the old colour's requests. Without it they fail some where they take long on load balancers that a deploy
 * cannot ask.
 */
export function unseenParts(comparison: Comparison): string[] {
  const { pairs, dns, dnsNoDrain } = comparison;
  const parts: Part[] = [
    ...deployEnded("dns, no drain", dnsNoDrain),
    [
      dnsNoDrain.traffic.honest.failed > 0,
      "dns, no drain: no request of an honest client failed, some were expected to",
    ],
    ...deployEnded("dns", dns),
    [notOk(dns, ["honest"]) === 0, `dns: of the honest clients' requests ${countsOf(dns, ["honest"])}; expected none`],
    [
      dns.traffic.sticky.failed + dns.traffic.keepAlive.failed > 0,
      "dns: no request of a sticky or keepAlive client failed, some were expected to",
    ],
    ...pairs.flatMap(({ spreadSeconds, routed, noDrain }): Part[] => {
      const short = routedName(comparison, spreadSeconds, true);
      return [
        ...passed(routedName(comparison, spreadSeconds, false), routed),
        ...deployEnded(short, noDrain),
        // In between, the deploy's own seconds decide.
        [
          spreadSeconds < SPREAD.maxSeconds || failedRequests(noDrain) > 0,
          `${short}: no request failed, some were expected to`,
        ],
      ];
    }),
  ];
  return parts.filter(([seen]) => !seen).map(([, line]) => line);
}

type Part = [seen: boolean, line: string];

/** A deploy has come to its end. One that broke off, or was left by an error outside its steps, has no failed step. */
function deployEnded(name: string, { failedStep, deploys, reason }: RehearsalReport): Part[] {
  const isDone = failedStep === null && deploys.every(({ ok }) => ok);
  return [[isDone, `${name}: ${failedStep === null ? reason : `the deploy stopped at ${failedStep}`}`]];
}

/** A rehearsal has found nothing at all. */
function passed(name: string, report: RehearsalReport): Part[] {
  const parts: Part[] = [
    ...deployEnded(name, report),
    [notOk(report, allOf(report)) === 0, `${name}: of all requests ${countsOf(report, allOf(report))}; expected none`],
    ...problemsBesidesRequests(report).map((line): Part => [false, `${name}: ${line}`]),
  ];
  const isTold = parts.some(([seen]) => !seen);
  return isTold ? parts : [[report.ok, `${name}: ${report.reason}`]];
}

/** What the rehearsals show, as sentences. Only for a comparison without unseen parts. */
export function claimOf({ dns, dnsNoDrain, pairs }: Comparison): string {
  const honest = count(dnsNoDrain.traffic.honest.failed);
  const others = count(dns.traffic.sticky.failed + dns.traffic.keepAlive.failed);
  return [
    `Moving the records alone and stopping the old colour at once failed ${honest} requests of clients that follow DNS;`,
    `the drain of ${dns.drainSeconds} s saves all of those, but not ${others} of clients that do not ask DNS again;`,
    `rules on both load balancers fail nobody: 0 of ${count(sum(pairs.map(({ routed }) => sentRequests(routed))))}.`,
    ...pairs.flatMap(({ spreadSeconds, noDrain }) => {
      const failed = failedRequests(noDrain);
      return failed === 0
        ? []
        : [
            `Where they take ${spreadSeconds} s to reach every node of the load balancers that a deploy cannot ask, stopping the old colour without a drain fails ${count(failed)}.`,
          ];
    }),
  ].join("\n");
}

/** All classes of clients, also those of services' own hosts. */
function allOf({ traffic }: RehearsalReport): StreamName[] {
  return classesOf(traffic).map(([name]) => name);
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
