import { dateTimeText } from "../../core/date-time-text";
import type { LeaseRecord } from "../../ports/store";
import { type Check, type Finding, ok, todo } from "../check";

/** Checks that no process ended while it held the lease. */
export const lease: Check = {
  name: "lease",
  async examine({ store }) {
    const open = await store();
    const [held, newest] = await Promise.all([open.lease(), open.newestLease()]);
    return [leaseFinding(held, newest)];
  },
};

export function leaseFinding(held: LeaseRecord | null, newest: LeaseRecord | null): Finding {
  if (held) return ok(`held by ${holderText(held)}`);
  if (newest === null) return ok("free; there was no deploy yet");
  if (newest.releasedAtMs !== null) return ok("free");
  return todo(
    `not released by ${holderText(newest)}: its process ended before that`,
    "nothing for the lease itself: the next command takes it over; see the last run",
  );
}

function holderText({ holder: { what, who, pid, host }, sinceMs }: LeaseRecord): string {
  return `${what} by ${who} (pid ${pid} on ${host}) since ${dateTimeText(sinceMs)} UTC`;
}
