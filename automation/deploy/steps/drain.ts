import { other } from "../../../components/core/colour-name";
import { activeRelease } from "../../../components/live/live";
import { isSameRelease, releaseKey } from "../../../components/live/release";
import { ActiveHealth } from "../../observe/analysis/active-health";
import { withReleases } from "../../ports/checkpoint";
import { busyCheck, drainedText, linesOf } from "../busy-check";
import { isRollback, progressReporter } from "../context";
import { isActive } from "../plan-facts";
import type { Step } from "../step";

/** Interval of the progress lines. */
const TELL_MS = 1_000;

/**
 * Waits until clients that still use the old route are gone. The time counts from the cutover, which ended with the records in sync: by default the
 * records' TTL and 20 s, because stopping within the TTL gave connection errors. With `deploy.drainCapSeconds` it goes on until the old colour's own load
 * balancers have counted no request for a whole period, at most until the cap; it looks at least once, however late it begins.
 *
 * On the way forward the step checks all new colours of the run meanwhile, and once more at the end: as long as the old ones are warm, a rollback takes
 * seconds.
 */
export const drain: Step = {
  name: "drain",
  title: "Drain the old colour",
  rollbackTitle: "Drain the colour that production left",
  plan: ({ replaced, hasClients, ahead, isUndrained, hadTraffic }) => ({
    services: replaced.filter(
      (name) => hasClients(name) && (ahead.includes(name) || (isUndrained(name) && hadTraffic(name))),
    ),
  }),
  // The drain counts from the cutover, as the bake does.
  floorSeconds: (_, { deploy }) => Math.max(0, deploy.drainSeconds - deploy.bakeSeconds),

  async perform(context, state, { services }) {
    const { clock, signal, settings } = context;
    const { drainSeconds, drainCapSeconds, metricPeriodSeconds } = settings.deploy;
    const startedMs = clock.now();
    const sinceMs = state.progress.routedAtMs ?? startedMs;
    const endMs = sinceMs + drainSeconds * 1000;
    const report = progressReporter(context, "drain");
    const isNew = (name: string) =>
      !isRollback(state) &&
      isActive(state.live, state.desired, name) &&
      !isSameRelease(activeRelease(state.before, name), state.desired[name]!);
    // Workers, too, which have nothing to drain: their old colours are stopped next.
    const watched = Object.keys(state.desired).filter((name) => isNew(name) && settings.services[name]!.kind !== "job");
    const health = new ActiveHealth(context, state, watched);
    for (let leftMs = endMs - clock.now(); leftMs > 0; leftMs = endMs - clock.now()) {
      report(`${Math.ceil(leftMs / 1000)} s left of ${drainSeconds} s`);
      await health.lookWhenDue();
      await clock.sleep(Math.min(leftMs, TELL_MS), signal);
    }
    const capSeconds = Math.max(drainCapSeconds, drainSeconds);
    const capMs = sinceMs + capSeconds * 1000;
    const check = busyCheck(context, state, services, sinceMs);
    let busy = drainCapSeconds > 0 ? await check() : new Map<string, string>();
    while (busy.size > 0 && clock.now() < capMs) {
      report(`${linesOf(busy)}; ${Math.ceil((capMs - clock.now()) / 1000)} s until the cap`);
      await health.lookWhenDue();
      await clock.sleep(Math.max(0, Math.min(capMs - clock.now(), (metricPeriodSeconds * 1000) / 2)), signal);
      busy = await check();
    }
    await health.lookLast();
    context.emit({ type: "waited", atMs: clock.now(), step: "drain", seconds: (clock.now() - startedMs) / 1000 });
    const oldReleases = (names: readonly string[]) =>
      names.flatMap((name) => {
        const { active, colours } = state.live.services[name]!;
        const { release } = colours[other(active)];
        return release ? [releaseKey(release)] : [];
      });
    const isKept = settings.deploy.atDrainCap === "keep";
    const progress = withReleases(state.progress, "drain", oldReleases(services));
    const kept = [...progress.kept, ...(isKept ? oldReleases([...busy.keys()]) : [])];
    return {
      state: { ...state, progress: { ...progress, kept } },
      detail: drainedText({ drainSeconds, capSeconds, hasLooked: drainCapSeconds > 0 }, busy, isKept),
    };
  },
};

/** The same for the release of another run that is still on the idle colour. */
export const drainOccupied: Step = {
  ...drain,
  plan: ({ occupied, isUndrained }) => ({ services: occupied.filter(isUndrained) }),
};
