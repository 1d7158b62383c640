import { isDeepStrictEqual } from "node:util";

export interface RuleSettings {
  direction: "ingress" | "egress";
  /** `tcp`, `udp`, `icmp`, or `-1` for all protocols. */
  protocol: string;
  /** Undefined for all protocols. */
  fromPort?: number | undefined;
  toPort?: number | undefined;
  peer: Peer;
  description?: string | undefined;
}

/** The other end of the connection: the source of an ingress rule or the destination of an egress rule. */
export interface Peer {
  kind: "cidrIpv4" | "cidrIpv6" | "group" | "prefixList";
  value: string;
}

export interface SecurityGroupRule extends RuleSettings {
  /** `sgr-` and 17 hexadecimal digits. */
  id: string;
  groupId: string;
}

export function permitsTcp(rule: RuleSettings, port: number): boolean {
  if (rule.protocol === "-1") return true;
  if (rule.protocol !== "tcp") return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

/** Whether EC2 takes the rules as the same, which it does if they differ only in their descriptions. */
export function isSameRule(one: RuleSettings, other: RuleSettings): boolean {
  return isDeepStrictEqual(identity(one), identity(other));
}

/** The rule as EC2 writes it in error messages. */
export function describeRule(rule: RuleSettings): string {
  const ports =
    rule.protocol === "-1"
      ? "ALL"
      : `${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`;
  return `peer: ${rule.peer.value}, ${ports}, ALLOW`;
}

/** The protocol as EC2 returns it: `6` becomes `tcp`, `all` becomes `-1`. */
export function normalProtocol(protocol: string): string {
  const lower = protocol.toLowerCase();
  return { "6": "tcp", "17": "udp", "1": "icmp", all: "-1" }[lower] ?? lower;
}

function identity({ direction, protocol, fromPort, toPort, peer }: RuleSettings): unknown {
  return protocol === "-1" ? [direction, protocol, peer] : [direction, protocol, fromPort, toPort, peer];
}
