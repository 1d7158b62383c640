import { applyEvent } from "../../automation/page/deploy/apply-event";
import { emptyModel, emptyService, type PageFault, type PageModel } from "../../automation/page/deploy/model";
import type { DeployEvent } from "../../automation/ports/events";
import type { Kind } from "../../components/settings/settings";
import type { CloudEvent } from "../cloud/kernel/events";
import { STACK } from "../cloud/settings-source";
import { WORKER } from "../traffic/streams";
import { nameHistory, shareHistory, sharesOfNames } from "./cloud/routing";
import { targetCounts } from "./cloud/targets";

interface PageSource {
  services: readonly string[];
  /** By service. Default: the sample services'. */
  kinds?: Readonly<Record<string, Kind>>;
  cutover: "routed" | "dns";
  /** The events of every deploy under traffic, in order. */
  deploys: readonly (readonly DeployEvent[])[];
  cloud: readonly CloudEvent[];
}

/**
 * The page's model of a deploy on AWS, with the cloud's own events: each rule, record, target and fault. Times count
 * from the first request.
 */
export function pageModelOf(
  { services, kinds = { [WORKER]: "worker" }, cutover, deploys, cloud }: PageSource,
  firstRequestMs: number,
): PageModel {
  const start = emptyModel({ kind: "rehearsal", stack: STACK, startMs: firstRequestMs });
  const model = deploys.flat().reduce(applyEvent, start);
  const inOrder = [...cloud].sort((one, another) => one.atMs - another.atMs);
  const targets = targetCounts(inOrder, services, firstRequestMs);
  const withHistory = services.map((name) => {
    const service = model.services[name] ?? emptyService();
    const names = nameHistory(inOrder, name, firstRequestMs);
    const shares = cutover === "dns" ? sharesOfNames(names) : shareHistory(inOrder, name, firstRequestMs);
    const { blue, green } = service.colours;
    const colours = {
      blue: { ...blue, targets: targets[name]!.blue },
      green: { ...green, targets: targets[name]!.green },
    };
    return [name, { ...service, kind: kinds[name] ?? "api", colours, shares, names }] as const;
  });
  return { ...model, services: Object.fromEntries(withHistory), faults: faultHistory(inOrder, firstRequestMs) };
}

/**
 * The faults that were on while there was traffic, in the order in which they were switched on. Times count from
 * `firstRequestMs`.
 */
function faultHistory(events: readonly CloudEvent[], firstRequestMs: number): PageFault[] {
  const faults = new Map<string, PageFault>();
  for (const event of events) {
    if (event.kind !== "fault") continue;
    const atMs = Math.round(event.atMs - firstRequestMs);
    const { id, fault: kind, state, detail } = event;
    if (state === "on") faults.set(id, { id, kind, fromMs: atMs, toMs: null, parameters: detail, strikes: [] });
    const fault = faults.get(id);
    if (fault && state === "injected") fault.strikes.push({ atMs, where: detail });
    if (fault && state === "off") fault.toMs = atMs;
  }
  return [...faults.values()].filter(({ toMs }) => toMs === null || toMs >= 0);
}
