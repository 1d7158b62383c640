import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../components/core/user-error";
import { activeRelease, hasHadRelease } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { isSameRelease, type Release } from "../../components/live/release";
import { askedByName, digestOf } from "../core/desired-releases";
import type { RunCommand } from "../ports/events";
import type { Outcome } from "../ports/journal";
import type { DeployStore, LeaseRecord } from "../ports/store";
import { isUnfinished, lastRun, type NamedRun, runsOf } from "../store/recorded-run";
import { runStateOf } from "./checkpoint";
import type { RunTools } from "./context";
import { openRun } from "./deploy";
import { assertMayRollBack } from "./freeze";
import { activeReleases, pastReleases } from "./releases";
import { assertLeadsBack, hasRolledItselfBack, noticeEnd, resumeRun } from "./resume";
import { inSession, type Session } from "./session";
import { runningRollback, runText, unfinishedOf, waysOn } from "./unfinished-run";

export interface RollbackRequest {
  /** Services to roll back; empty for those of the last deploy. */
  services: readonly string[];
  /** Release by name or digest; null for the one before. */
  to: string | null;
  /** The reason, for the history; "" without one. */
  reason: string;
  waitMs: number;
  /** Stop a run that goes on elsewhere first; a rollback is waited for instead, unless `to` asks for another release of its services. */
  stopRunning?: boolean;
}

/**
 * Makes the previous release active again: by a cutover while it is warm, by a warm-up and a cutover after it was retired. It takes
 * back a deploy of the same services that is not finished, as `abort` does. It goes on with such a rollback, so that two people who type it at the same time
 * get the same release.
 * @throws UserError if there is nothing to go back to; LeaseHeldError; DeployFailed
 */
export async function rollback(tools: RunTools, store: DeployStore, request: RollbackRequest): Promise<void> {
  const { to, reason, waitMs, stopRunning = false } = request;
  let { services } = request;
  const what = ["rollback", ...services, ...(to === null ? [] : [`to ${to}`])].join(" ");
  const spares = (outputs: StackOutputs) => sparesRunning(tools, { store, outputs }, { services, to });
  await inSession(tools, store, { what, waitMs, stopRunning, spares, recoversLate: true }, async (session) => {
    const { met } = session;
    const last = await lastRun(store);
    const isRollbackRun = last?.run.opened.command === "rollback";
    const isPlain = services.length === 0 && to === null;
    if (isPlain && !isRollbackRun && (await hasRolledItselfBack(session, last))) return;
    if (last && isUnfinished(last.run)) {
      if (!meansRun({ services, to }, last)) throw firstTheUnfinished(last, session.outputs);
      if (isRollbackRun) assertMayRollBack(tools);
      return resumeRun(session, "rollback", last, reason);
    }
    if (to === null && met && last && (await hasGoneBack(store, last, met))) {
      const left = services.filter((name) => !isOfRun(last, name));
      if (left.length < services.length || (isPlain && isRollbackRun)) {
        const how = isRollbackRun ? "has gone back meanwhile" : "was taken back meanwhile";
        noticeEnd(session, last, `by ${last.run.opened.who} ${how}`);
        if (left.length === 0) return;
      }
      services = left;
    }
    assertMayRollBack(tools);
    const desired = await releasesToRollBackTo(session, { services, to }, last);
    await openRun(session, "rollback", { ...askedByName(desired), desired, reason });
  });
}

/**
 * Whether the end of the run that goes on elsewhere is waited for: that of a rollback, unless other releases of its services are asked for.
 * @throws UserError where that run would be stopped for nothing: for a service without a release, for a release that the service never had, for a run
 *   that has changed where requests go and cannot be taken back by a rollback of these services, or not at all, and in a window that refuses rollbacks
 */
async function sparesRunning(
  tools: RunTools,
  { store, outputs }: Pick<Session, "store" | "outputs">,
  { services, to }: Pick<RollbackRequest, "services" | "to">,
): Promise<boolean> {
  const last = await lastRun(store);
  for (const service of services) {
    assertHasHadRelease(outputs, service);
    if (to !== null) await assertRan({ store, outputs }, service, to, last);
  }
  const left = last && isUnfinished(last.run) ? last : null;
  const asksForOther = to !== null && (services.length === 0 || services.some((name) => left && isOfRun(left, name)));
  if (!asksForOther && (await runningRollback(store))) return true;
  if (!left) {
    // A deploy that has only just begun has no run yet, and what takes it back is refused in no window.
    if (to !== null) assertMayRollBack(tools);
    return false;
  }
  const state = runStateOf(left.run, outputs, tools.clock.now());
  if (meansRun({ services, to }, left)) assertLeadsBack(state, left);
  else if (left.run.opened.command === "retire" || state.progress.routedAtMs !== null)
    throw firstTheUnfinished(left, outputs);
  else assertMayRollBack(tools);
  return false;
}

function isOfRun({ run }: NamedRun, service: string): boolean {
  return Object.hasOwn(run.checkpoint.desired, service);
}

async function assertRan(
  { store, outputs }: Pick<Session, "store" | "outputs">,
  service: string,
  to: string,
  last: NamedRun | null,
): Promise<void> {
  const known: Release[] = [];
  for await (const release of pastReleases(store, service, outputs.live, last)) {
    // The newest come first: the rest of a long history need not be read.
    if (isNamed(release, to)) return;
    known.push(release);
  }
  throw neverRan(service, to, known);
}

function assertHasHadRelease(outputs: StackOutputs, service: string): void {
  if (!hasHadRelease(outputs.live, service)) throw new UserError(`${service} has no release yet: deploy one`);
}

function neverRan(service: string, to: string, known: readonly Release[]): UserError {
  const names = [...new Set(known.map(({ name }) => name))];
  return new UserError(
    `production never ran ${service} "${to}": wanted one of ${names.join(", ") || "none"}, or deploy it anew`,
  );
}

/** Whether the rollback that is asked for is that of the run: it names no release, and no services or just those of the run. A `retire` leads nothing back. */
function meansRun(
  { services, to }: Pick<RollbackRequest, "services" | "to">,
  { run: { opened, checkpoint } }: NamedRun,
): boolean {
  if (to !== null || opened.command === "retire") return false;
  return services.length === 0 || isDeepStrictEqual(new Set(services), new Set(Object.keys(checkpoint.desired)));
}

function isNamed(release: Release, to: string): boolean {
  return release.name === to || hasDigest(release, to);
}

/** What goes on with an unfinished run, where it is not taken back. */
const WAYS_ON: Partial<Record<RunCommand, string>> = {
  rollback: "`rollback` without anything else goes on with it",
  retire: "`resume` ends it",
};

function firstTheUnfinished(last: NamedRun, { live }: StackOutputs): UserError {
  const left = unfinishedOf(last.run, live);
  const back = left.canGoBack ? "`rollback` without anything else, or `abort`, takes it back" : waysOn(left);
  const ways = WAYS_ON[left.command] ?? back;
  return new UserError(`${runText(last)} is not finished: ${ways}; then roll back to what you want`, { exitCode: 1 });
}

/** How a run ends that has led production back. `retire` leads nothing anywhere. */
const ENDS_BACK: Partial<Record<RunCommand, Outcome>> = { rollback: "done", deploy: "takenBack", restart: "takenBack" };

/**
 * Whether the newest run went on under that lease or a later one, and has led production back since: a rollback that came to its end, or a deploy that was
 * taken back. From there a rollback would go one release further back than people expect, or forward to the release that was left.
 */
async function hasGoneBack(store: DeployStore, { deploy, run }: NamedRun, met: LeaseRecord): Promise<boolean> {
  if (run.outcome !== ENDS_BACK[run.opened.command]) return false;
  return (await store.journal(deploy)).at(-1)!.fencing >= met.fencing;
}

/**
 * The releases that a rollback makes active.
 * @throws UserError if there is nothing to go back to
 */
export async function releasesToRollBackTo(
  session: Pick<Session, "store" | "outputs">,
  { services, to }: Pick<RollbackRequest, "services" | "to">,
  last: NamedRun | null,
): Promise<Record<string, Release>> {
  const names = services.length > 0 ? services : servicesOf(session, await lastDeploy(session, last));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await target(session, name, to, last)] as const)),
  );
}

/** The newest run that changed what is in production, which `retire` does not. */
async function lastDeploy({ store }: Pick<Session, "store">, last: NamedRun | null): Promise<NamedRun | null> {
  if (last?.run.opened.command !== "retire") return last;
  for await (const one of runsOf(store)) if (one.run.opened.command !== "retire") return one;
  return null;
}

/**
 * The services of the last run. After a deploy that was rolled back this refuses: production would go one release further back than people expect.
 * After a rollback that is done it does, too: production would go forward again, to the release that somebody has just rolled back.
 */
function servicesOf({ outputs }: Pick<Session, "outputs">, last: NamedRun | null): string[] {
  if (!last)
    throw new UserError(
      "nothing to roll back: this stack had no deploy yet; name a service if it has an older release",
    );
  const { opened, outcome, checkpoint } = last.run;
  const names = Object.keys(checkpoint.desired).filter((name) => hasHadRelease(outputs.live, name));
  if (names.length === 0)
    throw new UserError(
      `nothing to roll back: the stack has no service of ${runText(last)} any more; name a service to go to its release before`,
      { exitCode: 1 },
    );
  const refused = (why: string) => new UserError(`nothing to roll back: ${why}`, { exitCode: 1 });
  const now = activeReleases(outputs.live, names);
  if (opened.command === "rollback" && outcome === "done")
    throw refused(
      `${runText(last)} has gone back already, production is on ${now}; name a service with --to to go to an older release`,
    );
  if (opened.command !== "rollback" && outcome === "takenBack")
    throw refused(
      `${runText(last)} was taken back, production is on ${now}; name a service to go to its release before that`,
    );
  // A service that was deployed with the release that it had would go one release further back than people expect.
  const changed = names.filter((name) => !isSameRelease(activeRelease(opened.live, name), checkpoint.desired[name]));
  return changed.length > 0 ? changed : names;
}

async function target(
  { store, outputs }: Pick<Session, "store" | "outputs">,
  service: string,
  to: string | null,
  last: NamedRun | null,
): Promise<Release> {
  const active = activeRelease(outputs.live, service);
  assertHasHadRelease(outputs, service);
  const known: Release[] = [];
  for await (const release of pastReleases(store, service, outputs.live, last)) {
    const isMeant = to === null || isNamed(release, to);
    if (isMeant && !isSameRelease(release, active)) return release;
    if (isMeant && to !== null) throw new UserError(`${service} ${to} is active already: name another release`);
    known.push(release);
  }
  if (to !== null) throw neverRan(service, to, known);
  if (!active) throw new UserError(`production never ran ${service}: deploy it anew`);
  throw new UserError(`${service} has no previous release: ${active.name} is its first one`);
}

/** True if this is the image's digest, or the beginning of it with enough digits to tell images apart. */
function hasDigest({ image }: Release, asked: string): boolean {
  return /^sha256:[0-9a-f]{7,64}$/.test(asked) && digestOf(image).startsWith(asked);
}
