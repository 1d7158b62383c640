import { instanceTypeOf } from "../../components/settings/instance-type";
import type { Exposure, Settings } from "../../components/settings/settings";

/** What the settings need of what AWS limits, at the most: in a deploy of all services, with every scaling at its maximum. */
export interface Needs {
  /** Per load balancer, those of the fullest edge. */
  rules: number;
  targetGroups: number;
  listeners: number;
  /** In the region. */
  loadBalancers: number;
  /** Of standard instances (A, C, D, H, I, M, R, T, Z), in the region. */
  vcpus: number;
  addresses: number;
}

const COLOURS = 2;
/** On each load balancer one for the production name and one for the test name. */
const RULES_A_SERVICE = 2;
/** Ports 80 and 443; on the internal edge each service has one of its own. */
const PUBLIC_LISTENERS = 2;

export function needsOf({ services, network, cutover }: Settings): Needs {
  const all = Object.values(services);
  const on = (edge: Exposure) => all.filter(({ exposure }) => exposure.includes(edge)).length;
  const fullest = Math.max(on("public"), on("internal"));
  return {
    rules: RULES_A_SERVICE * fullest,
    targetGroups: (cutover === "routed" ? COLOURS : 1) * fullest,
    listeners: Math.max(PUBLIC_LISTENERS, on("internal")),
    loadBalancers: COLOURS * (on("internal") > 0 ? 2 : 1),
    vcpus: all.reduce(
      (sum, { size, instanceType }) => sum + COLOURS * size.max * (instanceTypeOf(instanceType)?.vcpus ?? 1),
      0,
    ),
    addresses: network.nat === "single" ? 1 : network.zones,
  };
}
