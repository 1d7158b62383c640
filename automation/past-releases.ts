import { other } from "../components/colour-name";
import type { Live, Release } from "../components/live";
import { readRun } from "./standing";
import type { DeployStore } from "./store/deploy-store";

/**
 * What production ran on, newest first and from now on backwards: what is active, what each finished run made active, and what was active before it. What
 * a run took back is not among it: it may have failed its test. Journals are read as far as somebody asks; where none is of the service, such as after the
 * store was lost, the idle colour's release is all that is known.
 */
export async function* pastReleases(store: DeployStore, service: string, { services }: Live): AsyncGenerator<Release> {
  const { active, colours } = services[service]!;
  const known = (release: Release | null | undefined): Release[] => (release?.image ? [release] : []);
  yield* known(colours[active].release);
  let isRecorded = false;
  for (const deploy of (await store.deploys()).reverse()) {
    const { standing, opened, outcome } = readRun(deploy, await store.journal(deploy));
    if (!(service in standing.wish)) continue;
    isRecorded = true;
    if (outcome === "done") yield* known(standing.wish[service]);
    const before = opened.live.services[service];
    if (before) yield* known(before.colours[before.active].release);
  }
  if (!isRecorded) yield* known(colours[other(active)].release);
}
