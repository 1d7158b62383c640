import { at, type Declared, list, type Rule } from "../declared";

const EVERYBODY = ["0.0.0.0/0", "::/0"];
/** The only rules that may admit everybody, by the names that the program gives them. */
const PUBLIC_EDGE_RULE = /^public-from-anywhere-(80|443)$/;
const SSH = 22;

/** Ports and sources of one rule, from any of the three resource types. */
interface Opening {
  from: number;
  to: number;
  sources: unknown[];
}

/** Only the public edge may be open to everybody, on ports 80 and 443. */
export const noPublicIngress: Rule = {
  name: "no-public-ingress",
  description: "Only the public edge's load balancers accept connections from everywhere, on ports 80 and 443.",
  types: [
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:ec2/securityGroup:SecurityGroup",
  ],
  check(resource) {
    const ofPublicEdge = PUBLIC_EDGE_RULE.exec(resource.name);
    return openings(resource)
      .filter(({ sources }) => sources.some((source) => EVERYBODY.includes(String(source))))
      .filter(({ from, to }) => !ofPublicEdge || from !== Number(ofPublicEdge[1]) || to !== from)
      .map(
        ({ from, to }) => `everybody is let in on ports ${from} to ${to}: name a security group or a network instead`,
      );
  },
};

/** Nobody may run commands on instances: they run what the colour's release says. */
export const noSsh: Rule = {
  name: "no-ssh",
  description: "Nobody can log in to instances: port 22 is closed, and instances have no key.",
  types: [...noPublicIngress.types, "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"],
  check(resource) {
    if (resource.inputs.keyName !== undefined) return [`keyName is ${String(resource.inputs.keyName)}: leave it out`];
    return openings(resource)
      .filter(({ from, to }) => from <= SSH && to >= SSH)
      .map(({ from, to }) => `ports ${from} to ${to} have 22 among them: leave it out`);
  },
};

function openings({ type, inputs }: Declared): Opening[] {
  switch (type) {
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return [opening(inputs, [inputs.cidrIpv4, inputs.cidrIpv6])];
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return inputs.type === "ingress" ? [opening(inputs, blocks(inputs))] : [];
    case "aws:ec2/securityGroup:SecurityGroup":
      return list(inputs.ingress).map((rule) => opening(rule, blocks(rule)));
    default:
      return [];
  }
}

function opening(rule: Readonly<Record<string, unknown>>, sources: unknown[]): Opening {
  const protocol = rule.ipProtocol ?? rule.protocol;
  // -1 stands for every protocol, and then no ports are given.
  if (String(protocol) === "-1") return { from: 0, to: 65_535, sources };
  return { from: Number(rule.fromPort), to: Number(rule.toPort), sources };
}

function blocks(rule: unknown): unknown[] {
  return [...((at(rule, "cidrBlocks") as unknown[]) ?? []), ...((at(rule, "ipv6CidrBlocks") as unknown[]) ?? [])];
}
