import { other } from "../core/colour-name";
import type { Cutover, ServiceSettings } from "../settings/settings";
import type { LiveService } from "./live";

/**
 * Why production's requests cannot be shared between the two colours as asked for, as `<key>: <what is wrong>`, or null. A share needs weights, and
 * instances of both colours before and after the run; it ends before its colour goes to 0 and when that colour becomes active.
 *
 * @param before the service after the last run
 */
export function shareFault(
  { active, colours, idleShare }: LiveService,
  before: LiveService,
  cutover: Cutover,
  kind: ServiceSettings["kind"],
): string | null {
  const sharing = other(before.active);
  // A rule edit is not instant (aws-rules E24): instances that went in the same run would still be sent requests.
  if (before.idleShare !== undefined && colours[sharing].size === 0) {
    return `colours.${sharing}.size: given 0, but ${sharing} gets ${before.idleShare} % of production's requests: take idleShare away in a run before.`;
  }
  if (idleShare === undefined) return null;
  const given = `idleShare: given ${idleShare}, but`;
  const idle = other(active);
  if (kind === "worker") return `${given} a worker gets no requests: take it away.`;
  if (cutover === "dns") return `${given} cutover: dns has no weights: take it away, or take cutover: routed.`;
  if (active !== before.active) {
    return `${given} active changes from ${before.active} to ${active}, which ends a ramp: take it away.`;
  }
  if (before.colours[idle].size === 0) return `${given} ${idle} is at size 0: warm it before traffic goes there.`;
  if (colours[idle].size === 0) return `${given} ${idle} goes to size 0: take it away.`;
  if (before.colours[active].size === 0 || colours[active].size === 0) {
    return `${given} ${active}, which is active, is at size 0: there is nothing to share. Cut over at once.`;
  }
  return null;
}
