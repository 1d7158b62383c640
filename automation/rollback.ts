import { other } from "../components/colour-name";
import type { Live, Release } from "../components/live";
import { UserError } from "../components/user-error";
import type { RunTools } from "./context";
import { openRun } from "./deploy";
import { lastRun } from "./last-run";
import { inSession, type Session } from "./session";
import { isUnfinished, type RecordedRun, readRun } from "./standing";
import type { DeployStore } from "./store/deploy-store";
import { takeUp } from "./take-up";
import { digestOf } from "./wish";

export interface RollbackWishes {
  /** Services to take back; empty: those of the last deploy. */
  services: readonly string[];
  /** Release by name or digest; null: the one before. */
  to: string | null;
  /** Why, for the history; "" without. */
  reason: string;
  waitMs: number;
}

/**
 * Makes the previous release active again: a flip while it is warm, a warm-up and a flip after it was retired. Of a run that is not finished it is
 * the same as `abort`.
 * @throws UserError (nothing to go back to), LeaseHeldError, DeployFailed
 */
export async function rollback(tools: RunTools, store: DeployStore, wishes: RollbackWishes): Promise<void> {
  const { services, to, reason, waitMs } = wishes;
  const what = ["rollback", ...services, ...(to === null ? [] : [`to ${to}`])].join(" ");
  await inSession(tools, store, { what, waitMs }, async (session) => {
    const last = await lastRun(store);
    if (last && isUnfinished(last.run)) {
      if (to !== null || services.length > 0)
        throw new UserError(
          `${last.deploy} is not finished: \`rollback\` without anything else, or \`abort\`, takes it back; then roll back to what you want`,
          { exitCode: 1 },
        );
      return takeUp(session, "rollback", last);
    }
    const wish = await wishOfReturn(session, wishes, last?.run ?? null);
    await openRun(session, "rollback", {
      requests: Object.entries(wish).map(([service, release]) => ({ service, image: release.name })),
      wish,
      asked: Object.fromEntries(Object.entries(wish).map(([service, release]) => [service, release.name])),
      reason,
    });
  });
}

/**
 * The releases that a rollback makes active.
 * @throws UserError if there is nothing to go back to
 */
export async function wishOfReturn(
  session: Pick<Session, "store" | "outputs">,
  { services, to }: Pick<RollbackWishes, "services" | "to">,
  last: RecordedRun | null,
): Promise<Record<string, Release>> {
  const names = services.length > 0 ? services : Object.keys(last?.standing.wish ?? {});
  if (names.length === 0)
    throw new UserError(
      "nothing to roll back: this stack had no deploy yet; name a service if it has an older release",
    );
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await target(session, name, to)] as const)),
  );
}

async function target(
  { store, outputs }: Pick<Session, "store" | "outputs">,
  service: string,
  to: string | null,
): Promise<Release> {
  const { active, colours } = outputs.live.services[service]!;
  const before = colours[other(active)].release;
  if (to === null) {
    if (before) return before;
    throw new UserError(`${service} has no previous release: ${nameOf(colours[active].release)} is its first one`);
  }
  const known = await releasesOf(store, service, outputs.live);
  const found = known.find((release) => release.name === to || digestOf(release.image).startsWith(to));
  if (!found) {
    const names = [...new Set(known.map(({ name }) => name))];
    throw new UserError(
      `${service} had no release "${to}": wanted one of ${names.join(", ") || "none"}, or deploy it anew`,
    );
  }
  if (found.image === colours[active].release?.image)
    throw new UserError(`${service} ${to} is active already: name another release`);
  return found;
}

/** Newest first: what the colours have, then what was deployed before. */
async function releasesOf(store: DeployStore, service: string, { services }: Live): Promise<Release[]> {
  const { active, colours } = services[service]!;
  const releases = [colours[other(active)].release, colours[active].release];
  for (const deploy of (await store.deploys()).reverse()) {
    const { standing, opened } = readRun(deploy, await store.journal(deploy));
    const was = opened.live.services[service];
    releases.push(
      standing.wish[service] ?? null,
      was?.colours.blue.release ?? null,
      was?.colours.green.release ?? null,
    );
  }
  return releases.flatMap((release) => (release?.image ? [release] : []));
}

function nameOf(release: Release | null): string {
  return release?.name ?? "none";
}
