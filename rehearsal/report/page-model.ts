import { applyEvent } from "../../automation/page/deploy/apply-event";
import { emptyModel, emptyService, type PageModel } from "../../automation/page/deploy/model";
import type { DeployEvent } from "../../automation/ports/events";
import type { CloudEvent } from "../cloud/kernel/events";
import { STACK } from "../environment/rehearsal-stack";
import { WORKER } from "../traffic/streams";
import { faultHistory } from "./cloud/faults";
import { nameHistory, shareHistory, sharesOfNames } from "./cloud/routing";
import { targetCounts } from "./cloud/targets";

export interface Seen {
  services: readonly string[];
  cutover: "routed" | "dns";
  /** The events of every deploy under traffic, in order. */
  deploys: readonly (readonly DeployEvent[])[];
  cloud: readonly CloudEvent[];
}

/** The same model as on AWS, with what the cloud itself tells: each rule, record, target and fault. Times count from the first request. */
export function pageModelOf({ services, cutover, deploys, cloud }: Seen, firstRequestMs: number): PageModel {
  const start = emptyModel({ kind: "rehearsal", stack: STACK, startMs: firstRequestMs });
  const model = deploys.flat().reduce(applyEvent, start);
  const inOrder = [...cloud].sort((one, another) => one.atMs - another.atMs);
  const targets = targetCounts(inOrder, services, firstRequestMs);
  const told = services.map((name) => {
    const service = model.services[name] ?? emptyService();
    const names = nameHistory(inOrder, name, firstRequestMs);
    const shares = cutover === "dns" ? sharesOfNames(names) : shareHistory(inOrder, name, firstRequestMs);
    const { blue, green } = service.colours;
    const colours = {
      blue: { ...blue, targets: targets[name]!.blue },
      green: { ...green, targets: targets[name]!.green },
    };
    const kind = name === WORKER ? ("worker" as const) : ("api" as const);
    return [name, { ...service, kind, colours, shares, names }] as const;
  });
  return { ...model, services: Object.fromEntries(told), faults: faultHistory(inOrder, firstRequestMs) };
}
