import { countOf } from "../../components/core/count-of";
import { STALE_SECONDS } from "../../components/service/delete-timeout";
import { productionHost, testHost } from "../../components/settings/host-names";
import { dateTimeText } from "../core/date-time-text";
import { minutesText } from "../core/duration";
import type { StackSettings } from "../core/project";
import { type Examined, Unavailable } from "../doctor/check";
import { cli } from "../doctor/checks/cli";
import { clock } from "../doctor/checks/clock";
import { credentials } from "../doctor/checks/credentials";
import { delegation } from "../doctor/checks/delegation";
import { quotas } from "../doctor/checks/quotas";
import { typesInTheWay } from "../doctor/checks/records";
import { type Examination, examine } from "../doctor/examine";
import type { Account } from "../ports/account";
import { LISTED_SECONDS, type Looking, lookUntilGone, NOTHING, type Remaining } from "./remaining-resources";
import { SERVICE } from "./trial";

/** Computed in docs/cost.md: one api with two instances in a deploy, and an hour of everything else. */
const DOLLARS_AN_HOUR = 0.2;
/** The longest that each part takes, in minutes. Ours, from what AWS's guides and the steps of a deploy say. */
const LONGEST = {
  up: 6,
  deploysAndRollback: 30,
  /** Until ECS says STOPPED for an instance that was not drained. */
  stopped: 20,
  /** Until a flow log has a record: its interval is ten minutes, and delivery takes as long again. */
  flowLog: 20,
  otherQuestions: 5,
  destroy: 10,
  /** For which a deletion waits while ECS lists an instance that has ended (aws-rules C23). */
  stale: STALE_SECONDS / 60,
  lastLook: LISTED_SECONDS / 60,
  reserve: 9,
};
const MINUTES = Object.values(LONGEST).reduce((sum, minutes) => sum + minutes, 0);

/** What the preflight looks at. */
export interface Facts {
  domain: string;
  /** What doctor's checks found. */
  examinations: readonly Examination[];
  /** Whether the domain's public hosted zone exists. */
  hasZone: boolean;
  /** Names that the run needs and that have records in the way of its own. */
  takenNames: readonly string[];
  /** The stack that the run is to have, and what AWS has of it already. */
  stack: { project: string; stack: string; resources: Remaining };
  /** Services without a service-linked role. */
  missingRoles: readonly string[];
  /** Why images cannot be pushed; null if they can. */
  pushProblem: string | null;
  /** When the credentials end, in Unix milliseconds; null where nobody knows, or they are renewed. */
  credentialsEndMs: number | null;
  nowMs: number;
  /** AWS seconds in one real second. */
  timeScale: number;
}

/** Asks doctor's checks that need no stack, and for the domain's records. */
export async function lookAround(
  settings: StackSettings,
  { account, ...given }: Omit<Facts, "domain" | "examinations" | "hasZone" | "takenNames"> & { account: Account },
): Promise<Facts> {
  const { stack, nowMs } = given;
  const { domain } = settings.settings;
  const none = async (): Promise<never> => {
    throw new Unavailable("there is no stack yet");
  };
  const examined: Examined = {
    ...{ stack: stack.stack, settings, account, environment: process.env, nowMs },
    ...{ outputs: async () => null, state: none, store: none, observer: { aliases: none } },
  };
  const [examinations, zone] = await Promise.all([
    examine([cli, credentials, clock, delegation, quotas], examined),
    account.zone(domain),
  ]);
  const names = [productionHost(SERVICE, domain), testHost(SERVICE, domain)];
  const types = zone ? await account.recordTypes(zone.id, names) : {};
  const takenNames = names.filter((name) => typesInTheWay(types[name] ?? []).length > 0);
  return { ...given, domain, examinations, hasZone: zone !== null, takenNames };
}

/** Returns why a run cannot begin, one line each. */
export function refusals(facts: Facts): string[] {
  const { domain, examinations, hasZone, takenNames, stack: own, pushProblem } = facts;
  const todos = examinations.flatMap(({ check, findings }) =>
    findings.flatMap(({ says, detail, remedy }) => (says === "todo" ? [`${check}: ${detail}: ${remedy}`] : [])),
  );
  return [
    ...(hasZone
      ? []
      : [
          `--domain is ${domain}, for which Route 53 has no public hosted zone: create it (docs/quick-start.md, step 1), or name another domain`,
        ]),
    ...takenNames.map((name) => `${name} has a record already: first-contact needs the name, so name another domain`),
    ...stackRefusals(own),
    ...(hasZone ? todos : todos.filter((line) => !line.startsWith("domain: "))),
    ...(pushProblem === null ? [] : [pushProblem]),
    ...credentialsRefusals(facts),
  ];
}

/**
 * Waits until AWS does not list any more what an earlier stack of that name had, unless a run cannot begin anyhow.
 * @param look returns what AWS has of the stack
 */
export async function withoutDeleted(facts: Facts, look: () => Promise<Remaining>, looking: Looking): Promise<Facts> {
  const { stack } = facts;
  const isSure = ({ existing }: Remaining) => existing.length > 0;
  const mayGo = stack.resources.listed.length > 0 && !isSure(stack.resources);
  if (!mayGo || refusals({ ...facts, stack: { ...stack, resources: NOTHING } }).length > 0) return facts;
  return { ...facts, stack: { ...stack, resources: await lookUntilGone(look, looking, isSure) } };
}

function stackRefusals({ project, stack, resources: { existing, listed } }: Facts["stack"]): string[] {
  const all = [...existing, ...listed];
  if (all.length === 0) return [];
  const [maybe, orWait] =
    existing.length > 0 ? ["", ""] : [", as it does for a while with deleted ones", ", or wait until AWS lists none"];
  return [
    `--stack is ${stack}, and AWS lists ${countOf(all.length, "resource")} of the project ${project} with that stack's tags, such as ${all[0]}${maybe}: first-contact deletes what has its stack's tags, so name a stack that does not exist${orWait}`,
  ];
}

/** A run whose credentials end in its middle leaves what costs money, and cannot take it away. */
function credentialsRefusals({ credentialsEndMs: endMs, nowMs, timeScale }: Facts): string[] {
  const longestMs = (MINUTES * 60_000) / timeScale;
  if (endMs === null || endMs - nowMs >= longestMs) return [];
  return [
    `the AWS credentials end in ${minutesText(Math.max(0, endMs - nowMs))} (${dateTimeText(endMs)} UTC), and first-contact takes up to ${minutesText(longestMs)}: ask for a longer session, or set AWS_PROFILE to a profile whose credentials are renewed`,
  ];
}

/** Returns what the run will do, for the person who is asked. */
export function announcement({ domain, missingRoles }: Facts): string[] {
  return [
    `It creates a network, two load balancers, a certificate and up to two instances for ${productionHost(SERVICE, domain)},`,
    "deploys twice, rolls back, measures, and destroys all of it but the record in DNS that validates the certificate.",
    ...(missingRoles.length > 0
      ? [`It also creates the service-linked roles of ${missingRoles.join(", ")}, which cost nothing and stay.`]
      : []),
    `That takes up to ${MINUTES} minutes and costs up to ${((MINUTES / 60) * DOLLARS_AN_HOUR).toFixed(2)} USD (docs/cost.md).`,
  ];
}
