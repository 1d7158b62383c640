import { other } from "../../components/core/colour-name";
import { activeRelease, hasHadRelease, type Live } from "../../components/live/live";
import type { Release } from "../../components/live/release";
import type { DeployStore } from "../ports/store";
import { type NamedRun, runsOf } from "../store/recorded-run";

/** `users v2, doodle v7` */
export function activeReleases(live: Live, names: readonly string[]): string {
  return names.map((name) => `${name} ${activeRelease(live, name)?.name ?? "none"}`).join(", ");
}

/**
 * Yields the releases that production ran, newest first: the active one, then, for each finished run, the one that it made active and the one before.
 * A release that was rolled back is left out unless production ran it in another run: it may have failed its test. Journals are read only as far as the
 * caller asks. If no journal is about the service, for example because the store was lost, the idle colour's release is yielded.
 * What production ran before the service was removed and added again is left out: it may be of another kind.
 * @param last the newest run, which the caller has already read
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
  for await (const { run } of runsOf(store, last)) {
    const { checkpoint, opened, outcome } = run;
    const isIn = service in checkpoint.desired;
    isRecorded ||= isIn;
    if (isIn && outcome === "done") yield* known(checkpoint.desired[service]);
    // Earlier runs are about a service of that name which was removed.
    if (!hasHadRelease(opened.live, service)) break;
    if (isIn) yield* known(activeRelease(opened.live, service));
  }
  if (isRecorded) return;
  const { active, colours } = live.services[service]!;
  yield* known(colours[other(active)].release);
}
