import type { DeployEvent } from "../automation/ports/events";
import type { FaultsClient } from "./cloud/faults/faults-client";

/** Few enough for every health check and the deploy's own test to miss them. */
const SHARE = 0.05;
/** AWS seconds from the cutover's end: the release looked well. */
const AFTER_SECONDS = 10;

/**
 * Lets releases answer 5 % of what they are asked with 500 from 10 s after the cutover on.
 * @returns to be told of each event of their deploy
 */
export function errorsAfter(
  faults: Pick<FaultsClient, "add">,
  releases: readonly { service: string; tag: string }[],
): (event: DeployEvent) => Promise<void> {
  let isOn = false;
  return async (event) => {
    if (isOn || event.type !== "stepEnded" || event.step !== "cutover" || !event.ok) return;
    isOn = true;
    for (const { service, tag: release } of releases)
      await faults.add({
        kind: "errorsAfter",
        service,
        release,
        share: SHARE,
        afterSeconds: AFTER_SECONDS,
        since: "now",
      });
  };
}
