import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { ObservedTarget } from "../../ports/observer";
import type { PageModel, TargetCount } from "./model";
import { changed, withService } from "./with-service";

/** What was seen of one service at one time. */
export interface Look {
  /** Unix milliseconds. */
  atMs: number;
  service: string;
  targets: Record<Colour, Pick<TargetCount, "healthy" | "others">>;
  /** Which colour's load balancer the production name leads to; null if nobody asked, or it leads nowhere. */
  name: Colour | null;
}

/** The model after one more look. Pure. */
export function takeLook(model: PageModel, look: Look): PageModel {
  const atMs = look.atMs - model.startMs;
  const next = withService(model, look.service, (service) => {
    const colours = { ...service.colours };
    for (const colour of COLOURS) {
      const targets = changed(colours[colour].targets, { atMs, ...look.targets[colour] }, "healthy", "others");
      colours[colour] = { ...colours[colour], targets };
    }
    const names = look.name === null ? service.names : changed(service.names, { atMs, colour: look.name }, "colour");
    return { ...service, colours, names };
  });
  return { ...next, durationMs: Math.max(model.durationMs, atMs) };
}

/** An instance is a target of several groups: it is healthy if all of them say so. */
export function countTargets(targets: readonly Pick<ObservedTarget, "instanceId" | "state">[]) {
  const bad = new Set(targets.flatMap(({ instanceId, state }) => (state === "healthy" ? [] : [instanceId])));
  const all = new Set(targets.map(({ instanceId }) => instanceId));
  return { healthy: all.size - bad.size, others: bad.size };
}
