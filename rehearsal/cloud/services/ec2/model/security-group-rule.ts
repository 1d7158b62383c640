import { isDeepStrictEqual } from "node:util";

export interface RuleSettings {
  direction: "ingress" | "egress";
  /** `tcp`, `udp`, `icmp`, or `-1` for all. */
  protocol: string;
  /** Missing for all protocols. */
  fromPort?: number | undefined;
  toPort?: number | undefined;
  peer: Peer;
  description?: string | undefined;
}

/** The other side: where ingress comes from, where egress goes to. */
export interface Peer {
  kind: "cidrIpv4" | "cidrIpv6" | "group" | "prefixList";
  value: string;
}

export interface SecurityGroupRule extends RuleSettings {
  /** `sgr-` and 17 digits. */
  id: string;
  groupId: string;
}

export function permitsTcp(rule: RuleSettings, port: number): boolean {
  if (rule.protocol === "-1") return true;
  if (rule.protocol !== "tcp") return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

/** Two rules that differ only in their description are the same to EC2. */
export function isSameRule(one: RuleSettings, other: RuleSettings): boolean {
  return isDeepStrictEqual(identity(one), identity(other));
}

/** As EC2 writes it in errors. */
export function describeRule(rule: RuleSettings): string {
  const ports =
    rule.protocol === "-1"
      ? "ALL"
      : `${rule.protocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`;
  return `peer: ${rule.peer.value}, ${ports}, ALLOW`;
}

/** Protocol names and numbers mean the same: `6` is `tcp`, `all` is `-1`. */
export function normalProtocol(protocol: string): string {
  const lower = protocol.toLowerCase();
  return { "6": "tcp", "17": "udp", "1": "icmp", all: "-1" }[lower] ?? lower;
}

function identity({ direction, protocol, fromPort, toPort, peer }: RuleSettings): unknown {
  return protocol === "-1" ? [direction, protocol, peer] : [direction, protocol, fromPort, toPort, peer];
}
