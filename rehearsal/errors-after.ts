import type { DeployEvent } from "../automation/ports/events";
import type { FaultsClient } from "./cloud/faults/faults-client";

/** So few errors that health checks and the deploy's own test miss them. */
const SHARE = 0.05;
/** AWS seconds from the end of the cutover, so that the release looks healthy at first. */
const AFTER_SECONDS = 10;

/**
 * Makes releases answer 5 % of their requests with 500, from 10 s after the cutover on.
 * @returns a function that needs each event of their deploy
 */
export function errorsAfter(
  faults: Pick<FaultsClient, "add">,
  releases: readonly { service: string; name: string }[],
): (event: DeployEvent) => Promise<void> {
  let isOn = false;
  return async (event) => {
    if (isOn || event.type !== "stepEnded" || event.step !== "cutover" || !event.ok) return;
    isOn = true;
    for (const { service, name: release } of releases)
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
