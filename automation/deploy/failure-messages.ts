import { other } from "../../components/core/colour-name";
import { activeRelease, type Live } from "../../components/live/live";
import { DeployFailed, Stopped } from "../core/errors";
import type { RunState } from "./context";
import { hasNoWayBack, isActive } from "./plan-facts";
import { activeReleases } from "./releases";
import type { PlannedWork } from "./step";
import { canGoBack } from "./way-back";

/** Messages of failed runs: what state production is in, what is left, and which command goes on. One sentence each, for a tired person. */

/**
 * The failure of a run that has rolled back.
 * @param back the steps that the rollback had
 */
export function failedAndTakenBack(
  end: RunState,
  step: string,
  cause: Error,
  back: readonly PlannedWork[],
): DeployFailed {
  const cooled = back.flatMap((work) => (work.step.name === "coolDown" ? work.services : []));
  const colours = cooled.length === 0 ? "" : `, ${idleColours(cooled)} back at 0`;
  const wasCutOver = back.some((work) => work.step.name === "cutover");
  const isMigrated = end.progress.migratedAtMs !== null;
  // Before a first release there is nothing that a migration could have changed something for.
  const untouched =
    isMigrated && releases(end) !== "" ? `production is on ${releases(end)}` : "production is untouched";
  const production = wasCutOver ? `production is back on ${releases(end)}` : untouched;
  const migrated = isMigrated ? sinceMigration(end) : "";
  const text = `${production}${colours}${stayingFirst(end)}${migrated}${wasCutOver ? "" : messagesTaken(end, cooled)}`;
  return new DeployFailed(step, cause, text, "takenBack");
}

/** The idle colours that were warm and went back to 0, of workers with a queue: what they took is production's, and was delivered to a release that failed. */
function messagesTaken(state: RunState, cooled: readonly string[]): string {
  const takers = idleTakers(state, cooled);
  if (takers.length === 0) return "";
  const queues = takers.length === 1 ? "its dead-letter queue" : "their dead-letter queues";
  return `; but ${takers.join(", ")} could take messages meanwhile: look at ${queues}`;
}

/** The idle colours of workers with a queue that are left warm, or may be: an `up` may not have come to its end. */
function messagesStillTaken(state: RunState): string {
  const { live, desired, unsettled } = state;
  const names = Object.keys(desired).filter((name) => {
    const service = live.services[name];
    return unsettled !== null || (service && service.colours[other(service.active)].size > 0);
  });
  const takers = idleTakers(state, names);
  return takers.length === 0 ? "" : `; but ${takers.join(", ")} may take messages until then`;
}

/** `mailer green` of each of these services that takes messages from a queue. */
function idleTakers({ live, outputs }: RunState, services: readonly string[]): string[] {
  return services
    .filter((name) => live.services[name] && outputs.services[name]?.queue)
    .map((name) => `${name} ${other(live.services[name]!.active)}`);
}

/** The first releases that stay, because there is none to go back to. */
function stayingFirst({ live, desired }: RunState): string {
  const staying = Object.keys(desired).flatMap((name) => {
    const release = desired[name] === null ? activeRelease(live, name) : null;
    return release ? [`${name} ${release.name}`] : [];
  });
  if (staying.length === 0) return "";
  const verb = staying.length === 1 ? "stays" : "stay";
  return `; ${staying.join(", ")} ${verb} in production: a first release has none before it`;
}

/**
 * The failure of a run that leaves something for `resume` or `abort`.
 * @param backFailure the error that the rollback failed with, if it was begun
 * @param back the steps that the rollback had
 */
export function failedAndLeft(
  state: RunState,
  step: string,
  cause: Error,
  backFailure?: Error,
  back: readonly PlannedWork[] = [],
): DeployFailed {
  const { progress, direction, live, desired, ignoredUnhealthy } = state;
  if (step === "preflight") return new DeployFailed(step, cause, "nothing was changed", "takenBack");
  const left = (production: string) => new DeployFailed(step, cause, production, "left");
  if (state.command === "rollback") return left(rollbackLeft(state, backFailure, back));
  // No word of `abort`, which would stop them as well.
  if (state.command === "retire")
    return left(
      `production is untouched, the old colour of ${Object.keys(desired).join(" and ")} may still run: \`resume\` ends it`,
    );
  const isUntouched = progress.routedAtMs === null;
  const untouched = `production is untouched${progress.migratedAtMs === null ? "" : " but for the migration"}`;
  if (backFailure && isUntouched)
    return left(
      `${untouched}, but ${notCooled(back, backFailure)}; \`abort\` goes on with it${messagesStillTaken(state)}`,
    );
  if (backFailure || direction === "back")
    return left(
      `${routing(state)}${backFailure ? `; going back failed: ${backFailure.message}` : ""}; \`abort\` goes on with it`,
    );
  if (isUntouched)
    return left(
      `${untouched}, ${idleColours(Object.keys(desired), "stay")}: \`resume\` goes on, \`abort\` takes back${messagesStillTaken(state)}`,
    );
  if (Object.keys(desired).every((name) => isActive(live, desired, name))) {
    const old = step === "retire" || hasOld(live, desired) ? "; the old colour still runs" : "";
    const before = ignoredUnhealthy.length > 0 ? `, and ${ignoredUnhealthy.join(", ")} was not healthy before` : "";
    const isAsked = cause instanceof Stopped || before !== "";
    const back = isAsked && canGoBack(state) ? ", `abort` goes back" : "";
    return left(`production is on the new release${old}${before}: \`resume\` goes on${back}`);
  }
  return left("no colour was stopped; the cutover may be half done: `resume` finishes it, `abort` takes it back");
}

/**
 * What a rollback leaves. No word of `abort`: it would make active again what the rollback leads away from.
 * @param backFailure, back as for `failedAndLeft`
 */
function rollbackLeft(state: RunState, backFailure: Error | undefined, back: readonly PlannedWork[]): string {
  const { progress, direction, live, desired } = state;
  const names = Object.keys(desired);
  const isUntouched = progress.routedAtMs === null;
  if (backFailure && isUntouched)
    return `production is untouched, but ${notCooled(back, backFailure)}; \`rollback\` tries again${messagesStillTaken(state)}`;
  const isMade = names.every((name) => isActive(live, desired, name));
  if (direction === "back" || backFailure)
    return isMade
      ? `production is on ${activeReleases(live, names)} as before the rollback: \`rollback\` tries again`
      : "no colour was stopped, production may be on either: `rollback` tries again";
  if (isUntouched)
    return `production is untouched, ${idleColours(names, "stay")}: \`resume\` or \`rollback\` goes on${messagesStillTaken(state)}`;
  if (isMade)
    return `production is back on ${activeReleases(live, names)}; the other colour still runs: \`resume\` or \`rollback\` goes on`;
  return "no colour was stopped; the cutover may be half done: `resume` or `rollback` finishes it";
}

function notCooled(back: readonly PlannedWork[], failure: Error): string {
  const services = back.flatMap((work) => (work.step.name === "coolDown" ? work.services : []));
  return `${idleColours(services, "")} could not be taken back to 0: ${failure.message}`;
}

/** How the old release gets along with a database that the new one's migration has changed. */
function sinceMigration(end: RunState): string {
  if (releases(end) === "") return "; the migration stays";
  const { problems, seen, tooFew } = end.progress.sinceMigration ?? { problems: [], seen: "" };
  if (problems.length > 0)
    return `; since the migration, which nothing takes back, production FAILS: ${problems.join("; ")}`;
  if (seen === "") return "; the migration stays, and nobody has looked at how production gets along with it";
  return tooFew
    ? `; since the migration, which stays, production had too few requests to judge (${seen})`
    : `; since the migration, which stays, production works (${seen})`;
}

/** Where production is on a way back that did not come to its end. */
function routing(state: RunState): string {
  const { live, desired } = state;
  const names = Object.keys(desired).filter((name) => !hasNoWayBack(live, desired, name));
  if (!names.every((name) => isActive(live, desired, name)))
    return "no colour was stopped, production may still be on the new release";
  const shares = names.flatMap((name) => live.services[name]?.idleShare ?? []);
  if (shares.length > 0)
    return `production is on the release before, but up to ${Math.max(...shares)} % of its requests may still go to the other colour`;
  return `production is on the release before; the other colour still runs${stayingFirst(state)}`;
}

function hasOld(live: Live, desired: RunState["desired"]): boolean {
  return Object.keys(desired).some((name) => {
    const { active, colours } = live.services[name]!;
    return colours[other(active)].size > 0;
  });
}

function releases({ desired }: RunState): string {
  return Object.entries(desired)
    .flatMap(([service, release]) => (release ? [`${service} ${release.name}`] : []))
    .join(", ");
}

/** `the idle colour is`, `the idle colours of a and b are`. */
function idleColours(services: readonly string[], verb: "is" | "stay" | "" = "is"): string {
  const isOne = services.length === 1;
  const colours = isOne ? "the idle colour" : `the idle colours of ${services.join(" and ")}`;
  if (verb === "") return colours;
  if (verb === "stay") return `${colours} ${isOne ? "stays as it is" : "stay as they are"}`;
  return `${colours} ${isOne ? "is" : "are"}`;
}
