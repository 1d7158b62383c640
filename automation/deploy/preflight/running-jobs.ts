import { COLOURS } from "../../../components/core/colour-name";
import { concurrently } from "../../core/concurrently";
import { minutesText } from "../../core/duration";
import type { RunState, StepContext } from "../context";

/**
 * Says of each run of a job that goes on: nothing stops it, so it goes on beside the new release, and after that one's migration and retirement of
 * its own release. It is no reason to refuse a deploy: only a person knows what the run still needs.
 */
export async function noticeRunningJobs(
  { observer, settings, clock, emit }: StepContext,
  { live, outputs }: RunState,
  services: readonly string[],
): Promise<void> {
  const jobs = services.filter((service) => settings.services[service]!.kind === "job");
  const places = jobs.flatMap((service) => COLOURS.map((colour) => ({ service, colour })));
  await concurrently(places, async ({ service, colour }) => {
    const runs = await observer.runs(outputs.services[service]!.colours[colour].cluster);
    for (const { createdMs } of runs.filter(({ endedMs }) => endedMs === null)) {
      const release = live.services[service]!.colours[colour].release?.name ?? "no release any more";
      const age = minutesText(clock.now() - createdMs);
      const message = `a run of ${service} that began ${age} ago goes on, on ${colour} (${release}): it ends by itself, beside the new release and what that changes`;
      emit({ type: "notice", atMs: clock.now(), message });
    }
  });
}
