import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { LiveState } from "../../../components/live/live-state";
import { existingNetworkProblems } from "../../../components/network/existing-network";
import { parseSettings } from "../../../components/settings/settings";
import { createExistingNetwork } from "../../../rehearsal/cloud/services/ec2/model/existing-network";
import { Network } from "../../../rehearsal/cloud/services/ec2/model/network";
import { networkFunctions } from "../../../rehearsal/cloud/services/ec2/provider/network-functions";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";

const VPC = "vpc-0000000000000000a";
const [PUBLIC_A, PUBLIC_C] = ["subnet-0000000000000001a", "subnet-0000000000000001c"];
const [PRIVATE_A, PRIVATE_C] = ["subnet-0000000000000002a", "subnet-0000000000000002c"];
const EXISTING = { vpc: VPC, publicSubnets: [PUBLIC_A, PUBLIC_C], privateSubnets: [PRIVATE_A, PRIVATE_C] };
const OTHER = "subnet-0000000000000009f";
const TAGS = { project: "aoshingo", stack: "prod" };
const EVERYWHERE = "0.0.0.0/0";
const GET_ZONE = "aws:route53/getZone:getZone";

const wrong = (path: "vpc" | "publicSubnets" | "privateSubnets", says: string) =>
  `aoshingo:network.${path}: given ${says}`;

interface Case {
  /** Changes the VPC, which has all that is needed. */
  breaks?(network: Network): void;
  network?: object;
  services?: Record<string, object>;
  /** Live state of users: sizes of blue and green, before and in this run. */
  sizes?: { before: [number, number]; now?: [number, number] };
  /** Whether the stack has its edges already. */
  stands?: boolean;
  /** Tags of a private zone that the VPC has already. */
  zone?: Record<string, string>;
}

/** What the program says of the VPC as the stand-in's data sources show it. */
async function problems({ breaks, network = EXISTING, sizes, stands, zone, ...given }: Case): Promise<string[]> {
  const ec2 = new Network(silentCloud());
  createExistingNetwork(ec2, EXISTING);
  breaks?.(ec2);
  const functions = new Map(networkFunctions(ec2).map((fn) => [fn.token, fn]));
  const look = async (token: string, inputs: object): Promise<object> => {
    if (token === GET_ZONE && zone) return { zoneId: "Z1", tags: zone };
    if (token === GET_ZONE) throw new Error("no matching Route 53 Hosted Zone found");
    const fn = functions.get(token)!;
    return fn.call(fn.args.parse(inputs));
  };
  /** As the engine passes an error of the real provider on. */
  const failed = (token: string, { message }: Error) => {
    const details = `invocation of ${token} returned an error: invoking ${token}: 1 error occurred:\n\t* ${message}\n\n`;
    throw Object.assign(new Error(message), { details });
  };
  const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) =>
    look(token, inputs).catch((error: Error) => failed(token, error)) as unknown as Record<string, unknown>;
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call });
  const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } }, network, ...given });
  const edge = { loadBalancers: {} as never };
  const { services } = settings;
  return existingNetworkProblems({
    settings,
    region: "ap-northeast-1",
    state: stateOf(Object.keys(services), sizes),
    last: stands ? { edges: { public: edge, internal: edge } } : {},
    hasInternal: Object.values(services).some(({ exposure }) => exposure.includes("internal")),
    tags: TAGS,
  });
}

function stateOf(names: string[], { before, now }: NonNullable<Case["sizes"]> = { before: [0, 0] }): LiveState {
  const live = ([blue, green]: [number, number]) => ({
    serial: 1,
    services: Object.fromEntries(
      names.map((name) => [
        name,
        {
          active: "blue" as const,
          colours: { blue: { release: null, size: blue }, green: { release: null, size: green } },
        },
      ]),
    ),
  });
  return { previous: live(before), live: live(now ?? before), removed: {}, isDeploy: now !== undefined, unsettled: [] };
}

/** Fills a subnet until so many addresses are free. */
const fill = (subnetId: string, free: number) => (network: Network) => {
  const group = network.securityGroups.create(VPC, "full", "d").id;
  while (network.freeAddresses(subnetId) > free)
    network.attachInterface({ subnetId, securityGroupIds: [group], description: "d" });
};

function addSubnet(network: Network, id: string, cidrBlock: string, zone: string, isPrivate = false): void {
  const subnet = network.subnets.create(
    { vpcId: VPC, cidrBlock, availabilityZone: `ap-northeast-1${zone}`, mapPublicIpOnLaunch: false },
    id,
  );
  if (isPrivate) network.routeTables.associate(privateTable(network), subnet);
}

const mainTable = (network: Network) => network.vpcs.get(VPC).mainRouteTableId;
const privateTable = (network: Network) => network.routeTables.associatedWith(PRIVATE_A)!.id;
const gatewayOf = (network: Network) => network.internetGateways.ofVpc(VPC)!.id;
const natOf = (network: Network) => network.natGateways.inVpc(VPC)[0]!.id;

const internal = { users: { kind: "api", exposure: ["public", "internal"] } };

describe("an existing network", () => {
  after(() => pulumi.runtime.disconnect());

  it("with all that is needed has no problem, whatever the stack has already", async () => {
    expect(await problems({})).to.deep.equal([]);
    expect(await problems({ services: internal })).to.deep.equal([]);
    expect(await problems({ stands: true, sizes: { before: [2, 0] } })).to.deep.equal([]);
  });

  it("of the stack's own is not looked at", async () => {
    expect(await problems({ network: {}, breaks: (network) => network.vpcs.modify(VPC, {} as never) })).to.deep.equal(
      [],
    );
  });

  const table: [string, Case, (string | RegExp)[]][] = [
    [
      "a VPC that does not exist: its subnets are of another one",
      { network: { ...EXISTING, vpc: "vpc-0000000000000000f" } },
      [
        wrong("vpc", "vpc-0000000000000000f, wanted a VPC that exists in ap-northeast-1: no matching EC2 VPC found"),
        ...[PUBLIC_A, PUBLIC_C].map((id) =>
          wrong("publicSubnets", `${id}, which is in ${VPC}, wanted a subnet of vpc-0000000000000000f`),
        ),
        ...[PRIVATE_A, PRIVATE_C].map((id) =>
          wrong("privateSubnets", `${id}, which is in ${VPC}, wanted a subnet of vpc-0000000000000000f`),
        ),
      ],
    ],
    [
      "a subnet that does not exist",
      { network: { ...EXISTING, privateSubnets: [PRIVATE_A, OTHER] } },
      [
        wrong(
          "privateSubnets",
          `${OTHER}, wanted a subnet that exists in ap-northeast-1: no matching EC2 Subnet found`,
        ),
      ],
    ],
    [
      "no DNS",
      {
        breaks: (network) =>
          Object.assign(network.vpcs.get(VPC), { enableDnsSupport: false, enableDnsHostnames: false }),
      },
      [
        wrong(
          "vpc",
          `${VPC}, which has enableDnsSupport off, wanted on, because names of services do not resolve in it otherwise: aws ec2 modify-vpc-attribute --vpc-id ${VPC} --enable-dns-support`,
        ),
        wrong(
          "vpc",
          `${VPC}, which has enableDnsHostnames off, wanted on, because names of services do not resolve in it otherwise: aws ec2 modify-vpc-attribute --vpc-id ${VPC} --enable-dns-hostnames`,
        ),
      ],
    ],
    [
      "two subnets of one zone, and none of another",
      {
        breaks: (network) => addSubnet(network, OTHER, "10.100.200.0/24", "a"),
        network: { ...EXISTING, publicSubnets: [PUBLIC_A, OTHER], privateSubnets: [PRIVATE_A, PRIVATE_C] },
      },
      [
        wrong(
          "publicSubnets",
          `${PUBLIC_A} and ${OTHER}, which are all in ap-northeast-1a, wanted one subnet of each zone, because a load balancer takes no more: leave out the others`,
        ),
        wrong(
          "publicSubnets",
          "subnets of one zone, ap-northeast-1a, wanted at least 2 zones, which a load balancer needs: add a subnet of another zone",
        ),
        wrong(
          "privateSubnets",
          `${PRIVATE_C}, which is in ap-northeast-1b, wanted a zone of publicSubnets (ap-northeast-1a), because load balancers send no requests to other zones: add a public subnet of ap-northeast-1b, or leave this one out`,
        ),
      ],
    ],
    [
      "a private subnet of a zone that the public ones do not have",
      {
        breaks: (network) => addSubnet(network, OTHER, "10.100.200.0/24", "c", true),
        network: { ...EXISTING, privateSubnets: [PRIVATE_A, OTHER] },
      },
      [
        wrong(
          "privateSubnets",
          `${OTHER}, which is in ap-northeast-1c, wanted a zone of publicSubnets (ap-northeast-1a, ap-northeast-1b), because load balancers send no requests to other zones: add a public subnet of ap-northeast-1c, or leave this one out`,
        ),
      ],
    ],
    [
      "no internet gateway",
      {
        breaks(network) {
          network.routeTables.removeRoute(mainTable(network), EVERYWHERE);
          Object.assign(network.internetGateways.get(gatewayOf(network)), { vpcId: null });
        },
      },
      [PUBLIC_A, PUBLIC_C].map(
        (id) =>
          new RegExp(
            `^${wrong("publicSubnets", `${id}, whose route table rtb-\\w+ has no route to 0.0.0.0/0, wanted an internet gateway, and none is attached to ${VPC}: attach one and make it the target of 0.0.0.0/0 in rtb-\\w+`)}$`,
          ),
      ),
    ],
    [
      "public and private subnets the wrong way round",
      { network: { ...EXISTING, publicSubnets: EXISTING.privateSubnets, privateSubnets: EXISTING.publicSubnets } },
      [
        ...[PRIVATE_A, PRIVATE_C].map(
          (id) =>
            new RegExp(
              `^${wrong("publicSubnets", `${id}, whose route table rtb-\\w+ sends 0.0.0.0/0 to nat-\\w+, wanted 0.0.0.0/0 to igw-\\w+, because nobody could reach the load balancers otherwise: aws ec2 replace-route --route-table-id rtb-\\w+ --destination-cidr-block 0.0.0.0/0 --gateway-id igw-\\w+`)}$`,
            ),
        ),
        ...[PUBLIC_A, PUBLIC_C].map(
          (id) =>
            new RegExp(
              `^${wrong("privateSubnets", `${id}, whose route table rtb-\\w+ sends 0.0.0.0/0 to igw-\\w+, wanted a NAT gateway, because instances have no public address and could reach nothing through an internet gateway: aws ec2 replace-route --route-table-id rtb-\\w+ --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-…`)}$`,
            ),
        ),
      ],
    ],
    [
      "private subnets without a default route",
      { breaks: (network) => network.routeTables.removeRoute(privateTable(network), EVERYWHERE) },
      [PRIVATE_A, PRIVATE_C].map(
        (id) =>
          new RegExp(
            `^${wrong("privateSubnets", `${id}, whose route table rtb-\\w+ has no route to 0.0.0.0/0, wanted a route to a NAT gateway, because instances could reach neither ECS nor images: aws ec2 create-route --route-table-id rtb-\\w+ --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-…`)}$`,
          ),
      ),
    ],
    [
      "a NAT gateway that failed",
      { breaks: (network) => Object.assign(network.natGateways.get(natOf(network)), { state: "failed" }) },
      [
        /privateSubnets: given \S+2a, .* to nat-\w+, which is failed, wanted a NAT gateway that is available: /,
        /2c, .*which is failed, /,
      ],
    ],
    [
      "a route to a NAT gateway that is gone",
      {
        breaks(network) {
          network.routeTables.replaceRoute(privateTable(network), { destination: EVERYWHERE, target: "nat-0gone" });
        },
      },
      [
        /2a, .* sends 0.0.0.0\/0 to nat-0gone, which is deleted, wanted a NAT gateway that is available: /,
        /2c, .*which is deleted, /,
      ],
    ],
    [
      "a public subnet with too few addresses for two load balancers",
      { breaks: fill(PUBLIC_A, 15) },
      [
        wrong(
          "publicSubnets",
          `${PUBLIC_A}, which has 15 free addresses, wanted 16 (8 for each load balancer): free some, or name a larger subnet`,
        ),
      ],
    ],
    [
      "a subnet that is too small for a load balancer",
      {
        breaks: (network) => addSubnet(network, OTHER, "10.100.200.0/28", "b"),
        network: { ...EXISTING, publicSubnets: [PUBLIC_A, OTHER] },
      },
      [
        wrong(
          "publicSubnets",
          `${OTHER}, which is 10.100.200.0/28, wanted a /27 or larger for load balancers: name a larger subnet`,
        ),
        wrong(
          "publicSubnets",
          `${OTHER}, which has 11 free addresses, wanted 16 (8 for each load balancer): free some, or name a larger subnet`,
        ),
      ],
    ],
    [
      "a private subnet with too few addresses for both colours, spread over the zones",
      { breaks: fill(PRIVATE_C, 3), services: { users: { kind: "api", size: 3 } } },
      [
        wrong(
          "privateSubnets",
          `${PRIVATE_C}, which has 3 free addresses, wanted 4 (instances of both colours, evenly in all subnets): free some, or name a larger subnet`,
        ),
      ],
    ],
    [
      "and for internal load balancers",
      { breaks: fill(PRIVATE_C, 17), services: internal },
      [
        wrong(
          "privateSubnets",
          `${PRIVATE_C}, which has 17 free addresses, wanted 18 (instances of both colours, evenly in all subnets, and 8 for each new internal load balancer): free some, or name a larger subnet`,
        ),
      ],
    ],
    [
      "too few addresses for what an elastic service may grow to",
      { breaks: fill(PRIVATE_A, 9), services: { users: { kind: "api", size: { min: 1, max: 10 } } } },
      [/2a, which has 9 free addresses, wanted 10 /],
    ],
    [
      "a private zone of the same name",
      { services: internal, zone: { owner: "somebody" } },
      [
        wrong(
          "vpc",
          `${VPC}, in which the private zone Z1 has the name internal.example.jp already, wanted none, because the stack makes its own: take that zone from the VPC, or use another domain`,
        ),
      ],
    ],
  ];
  for (const [what, given, lines] of table) {
    it(`says of ${what}`, async () => {
      const said = await problems(given);
      expect(said, said.join("\n")).to.have.lengthOf(lines.length);
      for (const [place, line] of lines.entries()) {
        if (typeof line === "string") expect(said[place]).to.equal(line);
        else expect(said[place]).to.match(line);
      }
    });
  }

  it("says everything at once", async () => {
    const said = await problems({
      breaks(network) {
        Object.assign(network.vpcs.get(VPC), { enableDnsHostnames: false });
        network.routeTables.removeRoute(privateTable(network), EVERYWHERE);
        fill(PUBLIC_C, 3)(network);
      },
    });
    expect(said.map((line) => /network\.(\w+)/.exec(line)![1])).to.deep.equal([
      "vpc",
      "privateSubnets",
      "privateSubnets",
      "publicSubnets",
    ]);
  });

  it("takes any other target of the private default route", async () => {
    const toTransit = (network: Network) =>
      network.routeTables.replaceRoute(privateTable(network), { destination: EVERYWHERE, target: "tgw-1" });
    expect(await problems({ breaks: toTransit })).to.deep.equal([]);
  });

  it("may have the private zone that an earlier run of the stack made, and one that stands", async () => {
    expect(await problems({ services: internal, zone: TAGS })).to.deep.equal([]);
    expect(await problems({ services: internal, zone: { owner: "somebody" }, stands: true })).to.deep.equal([]);
  });

  describe("in a deploy", () => {
    const broken = (network: Network) => network.routeTables.removeRoute(privateTable(network), EVERYWHERE);

    it("is looked at before instances start", async () => {
      expect(await problems({ breaks: broken, stands: true, sizes: { before: [2, 0], now: [2, 2] } })).to.have.lengthOf(
        2,
      );
    });

    it("does not keep a release from being taken back", async () => {
      expect(await problems({ breaks: broken, stands: true, sizes: { before: [2, 2], now: [2, 0] } })).to.deep.equal(
        [],
      );
    });

    it("needs addresses for what starts, and no more", async () => {
      const sizes: Case["sizes"] = { before: [2, 0], now: [2, 2] };
      expect(await problems({ breaks: fill(PRIVATE_A, 1), stands: true, sizes })).to.deep.equal([]);
      expect(await problems({ breaks: fill(PRIVATE_A, 0), stands: true, sizes })).to.have.lengthOf(1);
    });
  });

  it("has enough addresses for a stack that has its instances", async () => {
    const [size, stands] = [{ users: { kind: "api", size: 4 } }, true];
    expect(
      await problems({ breaks: fill(PRIVATE_A, 2), services: size, stands, sizes: { before: [4, 0] } }),
    ).to.deep.equal([]);
    expect(
      await problems({ breaks: fill(PRIVATE_A, 1), services: size, stands, sizes: { before: [4, 0] } }),
    ).to.have.lengthOf(1);
    // How many instances it has only AWS knows: it has grown to the maximum, or the rest is free.
    const elastic = { users: { kind: "api", size: { min: 1, max: 4 } } };
    expect(
      await problems({ breaks: fill(PRIVATE_A, 2), services: elastic, stands, sizes: { before: [1, 0] } }),
    ).to.deep.equal([]);
  });
});
