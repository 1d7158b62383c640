import { list, network, object, oneOf, text, wholeNumber } from "./forms";

const VPC = /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const SUBNET = /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
/** This network, loopback, link-local, multicast and what is reserved. */
const NOT_FOR_A_VPC = /^(?:0|127|169\.254|22[4-9]|2[3-5]\d)\./;
/** That of an Availability Zone: those of Local Zones and Wavelength Zones have more parts. */
const ZONE = /^[a-z]{2}(?:-[a-z]+)+-\d+[a-z]$/;
const SUBNETS_WANTED = "a list of two or more subnets, one for each availability zone";
const ZONES_WANTED = "a list of availability zones";

/** A load balancer needs two zones and takes one subnet of each (aws-rules E5). */
const subnets = () =>
  list(text(SUBNET, "the id of a subnet, such as subnet-0123456789abcdef0"), SUBNETS_WANTED).min(2, SUBNETS_WANTED);

export const DEFAULT_ZONES = 2;

/** The network of the stack: a new one, or one that exists. */
export const Network = object({
  cidr: network(16, 22, "an IPv4 network from /16 to /22, such as 10.0.0.0/16")
    .refine((cidr) => !NOT_FOR_A_VPC.test(cidr), "a network for hosts, such as 10.0.0.0/16")
    .describe("Private addresses of the VPC. It cannot change later: another one would be another VPC.")
    .default("10.0.0.0/16"),
  zones: wholeNumber(2, 4).describe("Number of availability zones. A load balancer needs two.").default(DEFAULT_ZONES),
  availabilityZones: list(text(ZONE, "the name of an availability zone, such as ap-northeast-1c"), ZONES_WANTED)
    .describe(
      "The availability zones to choose from, in this order. Those that the network has stay. Default: all of the region, by name.",
    )
    .optional(),
  nat: oneOf(["single", "perZone"])
    .describe("One NAT gateway for all zones, or one for each: that costs more and survives the loss of another zone.")
    .default("single"),
  flowLogs: oneOf(["none", "rejected", "all"])
    .describe("Connections in the network that CloudWatch Logs keeps for 30 days: none, those refused, or all.")
    .default("none"),
  vpc: text(VPC, "the id of a VPC, such as vpc-0123456789abcdef0")
    .describe("A VPC that exists already, with publicSubnets and privateSubnets, instead of a new one.")
    .optional(),
  publicSubnets: subnets()
    .describe("Of an existing VPC: the subnets of the public load balancers, routed to an internet gateway.")
    .optional(),
  privateSubnets: subnets()
    .describe("Of an existing VPC: the subnets of instances and internal load balancers, routed to a NAT gateway.")
    .optional(),
});
