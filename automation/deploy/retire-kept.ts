import { UserError } from "../../components/core/user-error";
import { activeRelease, keptWarmIn } from "../../components/live/live";
import { askedByName } from "../core/desired-releases";
import type { DeployStore } from "../ports/store";
import type { RunTools } from "./context";
import { openRun } from "./deploy";
import { inSession } from "./session";
import { assertFinished } from "./unfinished-run";

export interface RetireRequest {
  /** Services whose old colour to end; empty for all that are kept warm. */
  services: readonly string[];
  /** The reason, for the history; "" without one. */
  reason: string;
  waitMs: number;
}

/**
 * Ends old colours that are kept warm before their time: takes them to 0 now. A freeze does not refuse it, because what is in
 * production stays as it is.
 * @throws UserError if none is kept warm, and while an earlier run is not finished; LeaseHeldError; DeployFailed
 */
export async function retireKept(tools: RunTools, store: DeployStore, request: RetireRequest): Promise<void> {
  const { services, reason, waitMs } = request;
  await inSession(tools, store, { what: ["retire", ...services].join(" "), waitMs }, async (session) => {
    const { live } = session.outputs;
    await assertFinished(store, live);
    const kept = keptWarmIn(live).map(({ service }) => service);
    const missing = services.filter((name) => !kept.includes(name));
    if (missing.length > 0 || kept.length === 0)
      throw new UserError(
        `nothing to retire: ${missing.length > 0 ? `no colour of ${missing.join(", ")}` : "no colour"} is kept warm${kept.length > 0 ? `; of ${kept.join(", ")} one is` : ""}`,
        { exitCode: 1 },
      );
    const desired = Object.fromEntries(
      (services.length > 0 ? services : kept).map((name) => [name, activeRelease(live, name)!]),
    );
    await openRun(session, "retire", { ...askedByName(desired), desired, reason });
  });
}
