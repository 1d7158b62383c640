import type { DeployEvent } from "../../automation/ports/events";
import { type Colour, other } from "../../components/core/colour-name";
import { endOfDeploy } from "../deploy-end";
import type { RehearsalRecord } from "./types";

/** A time in which production had to be one colour of a service and nothing else. */
export interface ActiveTime {
  /** The deploy, counted from 1, that led there. */
  deploy: number;
  colour: Colour;
  fromMs: number;
  toMs: number;
  /** What it begins with: the end of `confirm`, which has asked every address, or that of the whole deploy. */
  since: "confirm" | "deployEnded";
}

/**
 * The times in which production had to be one colour of a service, in order: from the end of `confirm` until the next deploy
 * gives requests to another colour. They begin with the end of the deploy where it went back, where it has confirmed nothing, and
 * with `cutover: dns`, after which clients go to the old colour for as long as they know its address. A deploy that was left
 * half done promises nothing.
 */
export function activeTimes(
  { deploys, releases, settings }: Pick<RehearsalRecord, "deploys" | "releases" | "settings">,
  service: string,
): ActiveTime[] {
  const own = deploysOf({ deploys, releases }, service);
  return own.flatMap(({ events, deploy, fresh, ended }, index): ActiveTime[] => {
    const isBack = events.some(({ type }) => type === "rollbackStarted") || ended?.outcome === "takenBack";
    const confirmed = events.find((event) => event.type === "stepEnded" && event.step === "confirm" && event.ok);
    const toMs = own[index + 1]?.events.find(routesElsewhere)?.atMs ?? Number.POSITIVE_INFINITY;
    if (confirmed && !isBack && settings.cutover === "routed")
      return [{ deploy, colour: fresh, fromMs: confirmed.atMs, toMs, since: "confirm" }];
    if (!ended || ended.outcome === "left") return [];
    return [{ deploy, colour: isBack ? other(fresh) : fresh, fromMs: ended.atMs, toMs, since: "deployEnded" }];
  });
}

/** Returns the deploys of a service, each with its number from 1, the colour of the new release, and its end if it has one. */
export function deploysOf({ deploys, releases }: Pick<RehearsalRecord, "deploys" | "releases">, service: string) {
  return deploys.flatMap((events, index) => {
    const release = releases.find((each) => each.service === service && each.deploy === index + 1);
    if (!release) return [];
    const ended = endOfDeploy(events);
    return [{ events, deploy: index + 1, fresh: release.colour, ended }];
  });
}

/** Whether a deploy begins here to give requests to another colour. */
export function routesElsewhere(event: DeployEvent): boolean {
  return event.type === "stepStarted" && (event.step === "ramp" || event.step === "cutover");
}
