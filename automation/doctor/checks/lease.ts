import { when } from "../../output/when";
import type { LeaseRecord } from "../../ports/store";
import { type Check, type Finding, ok, todo } from "../check";

/** Nobody's deploy died with the lease in hand. */
export const lease: Check = {
  name: "lease",
  async look({ store }) {
    const open = await store();
    const [held, newest] = await Promise.all([open.lease(), open.newestLease()]);
    return [judgeLease(held, newest)];
  },
};

export function judgeLease(held: LeaseRecord | null, newest: LeaseRecord | null): Finding {
  if (held) return ok(`held by ${wordsOf(held)}`);
  if (newest === null) return ok("free; there was no deploy yet");
  if (newest.releasedAtMs !== null) return ok("free");
  return todo(
    `not given back by ${wordsOf(newest)}: its process died`,
    "nothing for the lease itself, the next command takes it over; look at the run",
  );
}

function wordsOf({ holder: { what, who, pid, host }, sinceMs }: LeaseRecord): string {
  return `${what} by ${who} (pid ${pid} on ${host}) since ${when(sinceMs)} UTC`;
}
