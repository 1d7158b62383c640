import { countOf } from "../../components/core/count-of";
import type { StackOutputs } from "../../components/live/outputs";
import type { ServiceSettings, Settings } from "../../components/settings/settings";
import type { Change } from "./change";
import { valueText } from "./change-lines";

/**
 * Resource types with an hourly or monthly price, whatever the traffic. Instances are counted apart: deploys start and
 * end them.
 */
const PRICED: ReadonlyMap<string, string> = new Map([
  ["aws:lb/loadBalancer:LoadBalancer", "load balancer"],
  ["aws:ec2/natGateway:NatGateway", "NAT gateway"],
  ["aws:ec2/eip:Eip", "public address"],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", "VPC endpoint"],
  ["aws:route53/zone:Zone", "hosted zone"],
  ["aws:rds/instance:Instance", "database"],
]);

export interface CostFacts {
  settings: Pick<Settings, "services">;
  /** Null for a stack without infrastructure. */
  outputs: Pick<StackOutputs, "live" | "services"> | null;
  changes: readonly Change[];
  nextRelease: readonly Change[];
}

/** Returns a line for each change of a resource that has a price while it exists. */
export function costLines(facts: CostFacts): string[] {
  return [...resourceLines(facts.changes), ...instanceLines(facts), ...typeLines(facts)];
}

function resourceLines(changes: readonly Change[]): string[] {
  return [...PRICED].flatMap(([type, noun]) =>
    (["create", "delete"] as const).flatMap((operation) => {
      const names = changes
        .filter((change) => change.type === type && change.operation === operation)
        .map(({ name }) => name);
      if (names.length === 0) return [];
      const verb = operation === "create" ? "added" : "removed";
      return [`${countOf(names.length, noun)} ${verb}: ${names.join(", ")}`];
    }),
  );
}

/** A job has no instances: the size of its colours says that they are ready to run tasks. */
function instanceLines({ settings, outputs, changes }: CostFacts): string[] {
  const now = settings.services;
  const had = outputs?.live.services ?? {};
  const added = Object.entries(now)
    .filter(([name, { kind }]) => had[name] === undefined && kind !== "job")
    .map(([name, service]) => `${name}: ${instancesOf(service)} from its first release on`);
  const removed = Object.entries(had).flatMap(([name, { colours }]) => {
    const running = colours.blue.size + colours.green.size;
    const isGone = now[name] === undefined && outputs?.services[name]?.kind !== "job";
    return isGone && running > 0 ? [`${name}: ${countOf(running, "instance")} removed`] : [];
  });
  const grown = Object.entries(now).flatMap(([name, { size }]) => {
    const running = had[name]?.colours[had[name].active].size;
    // A deploy warms at least as many instances as run, so a smaller number in the settings changes nothing.
    return running && size.min > running ? [`${name}: ${running} -> ${size.min} instances with its next release`] : [];
  });
  const limits = changes.flatMap(({ service, name, properties }) =>
    properties
      .filter(({ path }) => path === "maxSize" && service !== null && name.includes(`-${had[service]?.active}-`))
      .map(({ from, to }) => `${service}: at most ${valueText(from)} -> ${valueText(to)} instances`),
  );
  return [...added, ...removed, ...grown, ...limits];
}

function instancesOf({ size, instanceType }: Pick<ServiceSettings, "size" | "instanceType">): string {
  return `${size.min === size.max ? size.min : `${size.min} to ${size.max}`} x ${instanceType}`;
}

function typeLines({ nextRelease }: CostFacts): string[] {
  return nextRelease.flatMap(({ service, properties }) =>
    properties
      .filter(({ path }) => path === "instanceType")
      .map(({ from, to }) => `${service}: ${valueText(from)} -> ${valueText(to)} with its next release`),
  );
}
