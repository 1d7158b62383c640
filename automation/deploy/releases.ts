import { other } from "../../components/core/colour-name";
import type { Live, Release } from "../../components/live/live";
import type { DeployStore } from "../ports/store";
import type { NamedRun } from "../store/recorded-run";
import { readRun } from "../store/recorded-run";

/** The release that production runs; null before a first one. */
export function activeRelease({ services }: Live, name: string): Release | null {
  const { active, colours } = services[name]!;
  return colours[active].release;
}

/** `users v2, doodle v7` */
export function activeReleases(live: Live, names: readonly string[]): string {
  return names.map((name) => `${name} ${activeRelease(live, name)?.name ?? "none"}`).join(", ");
}

/**
 * What production ran on, newest first and from now on backwards: what is active, what each finished run made active, and what was active before it. What
 * a run took back is not among it: it may have failed its test. Journals are read as far as somebody asks; where none is of the service, such as after the
 * store was lost, the idle colour's release is all that is known.
 * @param last the newest run, which whoever asks has read
 */
export async function* pastReleases(
  store: DeployStore,
  service: string,
  live: Live,
  last: NamedRun | null,
): AsyncGenerator<Release> {
  const known = (release: Release | null | undefined): Release[] => (release?.image ? [release] : []);
  yield* known(activeRelease(live, service));
  let isRecorded = false;
  for (const deploy of (await store.deploys()).reverse()) {
    const run = deploy === last?.deploy ? last.run : readRun(deploy, await store.journal(deploy));
    const { checkpoint, opened, outcome } = run;
    if (!(service in checkpoint.desired)) continue;
    isRecorded = true;
    if (outcome === "done") yield* known(checkpoint.desired[service]);
    if (service in opened.live.services) yield* known(activeRelease(opened.live, service));
  }
  if (isRecorded) return;
  const { active, colours } = live.services[service]!;
  yield* known(colours[other(active)].release);
}
