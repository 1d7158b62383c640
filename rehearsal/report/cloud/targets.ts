import type { TargetCount } from "../../../automation/page/deploy/model";
import { countTargets } from "../../../automation/page/deploy/service-observation";
import { changed } from "../../../automation/page/deploy/with-service";
import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { CloudEvent } from "../../cloud/kernel/events";
import { byKey } from "../by-key";
import { GroupOwners } from "./group-owners";

/** The targets of each colour over time, by service; times count from `firstRequestMs`. */
export function targetCounts(
  events: readonly CloudEvent[],
  services: readonly string[],
  firstRequestMs: number,
): Record<string, Record<Colour, TargetCount[]>> {
  const inOrder = events.filter((event) => event.kind === "target").sort((one, another) => one.atMs - another.atMs);
  const owners = new GroupOwners(events);
  return byKey(services, (service) =>
    byKey(COLOURS, (colour) => {
      const states = new Map<string, { instanceId: string; state: string }>();
      let counts: TargetCount[] = [];
      for (const { atMs, targetGroup, targetId, state } of inOrder) {
        const owner = owners.of(targetGroup);
        if (owner?.service !== service || owner.colour !== colour) continue;
        const key = `${targetGroup} ${targetId}`;
        if (state === "unused") states.delete(key);
        else states.set(key, { instanceId: targetId, state });
        const count = { atMs: Math.round(atMs - firstRequestMs), ...countTargets([...states.values()]) };
        counts = changed(counts, count, "healthy", "others");
      }
      return counts;
    }),
  );
}
