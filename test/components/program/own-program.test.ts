import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Edge, Network, program, Service, type ServiceArgs } from "../../../components";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { LiveService } from "../../../components/live/live";
import { withProgramValues } from "../../../components/live/program-values";
import { parseSettings } from "../../../components/settings/settings";
import { type DeclaredResource, declare, STATES, V1, type World, type WorldOptions } from "../world";

type Declare = Parameters<typeof program>[0];

const API = { kind: "api" };
const START = { users: STATES.start, doodle: STATES.start };
const CALLS = { users: { ...API, exposure: ["public", "internal"] }, doodle: { ...API, calls: ["users"] } };

const own = (body: Declare, options: Partial<WorldOptions> = {}) =>
  declare({ services: START, program: program(body), ...options });

/** A program with one bucket, of which `users` gets the name and the right to read. */
function withBucket(args: Partial<ServiceArgs> = {}): Declare {
  return () => {
    const bucket = new aws.s3.Bucket("assets");
    const network = new Network("network");
    const edges = [new Edge("public", { network })];
    new Service("users", {
      ...{ network, edges, environment: { BUCKET: bucket.bucket, PLAIN: "yes" } },
      iam: [{ actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucket.arn}/*`] }],
      ...args,
    });
    new Service("doodle", { network, edges });
    return { assets: bucket.bucket };
  };
}

const READ_ASSETS = { actions: ["s3:GetObject"], resources: ["assets.arn/*"] };

function policyOf({ resources }: World): { Action: string[]; Resource: string[] }[] {
  const found = resources.find(({ name, type }) => type === "aws:iam/rolePolicy:RolePolicy" && name === "users-code");
  return found ? (JSON.parse(found.inputs.policy as string) as { Statement: [] }).Statement : [];
}

function environmentOf({ resources }: World, family: string): Record<string, string> {
  const task = resources.find(({ type, name }) => type.includes("taskDefinition") && name === `${family}-task`)!;
  const [container] = JSON.parse(task.inputs.containerDefinitions as string) as [{ environment: [] }];
  return Object.fromEntries(
    container.environment.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
}

describe("a program with resources of its own", () => {
  it("declares for its components what the whole program declares for the same settings", async () => {
    const names = ({ resources }: World) => resources.map(({ type, name }: DeclaredResource) => `${type} ${name}`);
    const whole = await declare({ services: START, settings: CALLS });
    const composed = await own(
      () => {
        const network = new Network("network");
        const edges = [new Edge("public", { network }), new Edge("internal", { network })];
        new Service("users", { network, edges });
        new Service("doodle", { network, edges });
      },
      { settings: CALLS },
    );
    expect(names(composed)).to.deep.equal(names(whole));
    expect(composed.written.state).to.equal(whole.written.state);
  });

  it("has its own outputs beside those that the deploy reads", async () => {
    const { written } = await own(withBucket());
    expect(written).to.include({ assets: "assets" });
    expect(written).to.include.keys("live", "services", "state");
  });

  it("leaves what it passes in the outputs, for the next release", async () => {
    const { outputs } = await own(withBucket());
    expect(outputs.services.users!.program).to.deep.equal({
      env: { BUCKET: "assets", PLAIN: "yes" },
      iam: [READ_ASSETS],
    });
    expect(outputs.services.doodle).to.not.have.property("program");
    const { users } = parseSettings({
      domain: "example.jp",
      services: { users: { ...API, env: { A: "1" } } },
    }).services;
    const next = withProgramValues(users!, outputs.services.users);
    expect(next.env).to.deep.equal({ A: "1", BUCKET: "assets", PLAIN: "yes" });
    expect(next.iam).to.deep.equal([READ_ASSETS]);
  });

  it("grants its statements to the task role before a release needs them", async () => {
    const world = await own(withBucket());
    expect(policyOf(world)).to.deep.equal([{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["assets.arn/*"] }]);
    expect(world.outputs.grants.users!.green.iam).to.deep.equal([READ_ASSETS]);
  });

  it("leaves a release the values and rights that it was deployed with", async () => {
    const { users } = parseSettings({ domain: "example.jp", services: { users: API } }).services;
    const before = { env: { BUCKET: "before" }, iam: [{ actions: ["s3:GetObject"], resources: ["arn:before/*"] }] };
    const text = configurationText(
      configurationOf(
        withProgramValues(users!, { program: before }),
        () => ({ version: "" }),
        () => "",
      ),
    );
    const running: LiveService = {
      active: "blue",
      colours: { blue: { release: { ...V1, configuration: text }, size: 2 }, green: { release: null, size: 0 } },
    };
    const world = await own(withBucket(), { services: { users: running, doodle: STATES.start } });
    expect(environmentOf(world, "users-blue")).to.include({ BUCKET: "before" }).and.not.have.property("PLAIN");
    expect(world.outputs.grants.users!.blue.iam).to.deep.equal(before.iam);
    expect(policyOf(world).map(({ Resource }) => Resource)).to.have.deep.members([["arn:before/*"], ["assets.arn/*"]]);
  });

  it("can bring a VPC of its own", async () => {
    const { resources } = await own(() => {
      const vpc = new aws.ec2.Vpc("mine", { cidrBlock: "10.9.0.0/16" });
      const network = new Network("network", {
        vpcId: vpc.id,
        publicSubnetIds: ["a", "b"],
        privateSubnetIds: ["c", "d"],
      });
      const edges = [new Edge("public", { network })];
      for (const name of ["users", "doodle"]) new Service(name, { network, edges });
    });
    const groups = resources.filter(({ type }) => type === "aws:ec2/securityGroup:SecurityGroup");
    expect(groups).to.have.length(3);
    for (const { inputs } of groups) expect(inputs.vpcId).to.equal("mine-id");
    expect(resources.find(({ name }) => name === "public-blue")!.inputs.subnets).to.deep.equal(["a", "b"]);
  });

  const NETWORK = {
    vpc: "vpc-00000001",
    publicSubnets: ["subnet-00000001", "subnet-00000003"],
    privateSubnets: ["subnet-00000002", "subnet-00000004"],
  };
  const parts = () => {
    const network = new Network("network");
    return { network, edges: [new Edge("public", { network })] };
  };
  const both = (args: Partial<ServiceArgs>) => () => {
    const place = parts();
    new Service("users", { ...place, ...args });
    new Service("doodle", place);
  };
  const REFUSED: { what: string; body: Declare; says: string; options?: Partial<WorldOptions> }[] = [
    {
      what: "a service without a block in the settings",
      body: () => void new Service("userz", parts()),
      says: 'new Service("userz"): aoshingo:services has no userz, wanted one of its services: users, doodle. Add a block userz to the settings, or change the name here',
    },
    {
      what: "a block in the settings without a service",
      body: () => void new Service("users", parts()),
      says: 'aoshingo:services.doodle: the program makes no such service, wanted new Service("doodle", ...) in it, or no block in the settings',
    },
    {
      what: "a program without anything",
      body: () => {},
      says: [
        'the program makes no network, wanted new Network("network")',
        'the program makes no public edge, wanted new Edge("public", { network })',
        'aoshingo:services.doodle: the program makes no such service, wanted new Service("doodle", ...) in it, or no block in the settings',
        'aoshingo:services.users: the program makes no such service, wanted new Service("users", ...) in it, or no block in the settings',
      ].join("\n"),
    },
    {
      what: "a service twice",
      body: () => {
        const place = parts();
        new Service("users", place);
        new Service("users", place);
      },
      says: 'new Service("users") is there twice: wanted one component for each service',
    },
    {
      what: "a second network",
      body: () => {
        new Network("one");
        new Network("two");
      },
      says: 'new Network("two"): the stack has a network already, wanted one',
    },
    {
      what: "an edge twice",
      body: () => {
        const { network } = parts();
        new Edge("public", { network });
      },
      says: 'new Edge("public") is there twice: wanted one edge of each name',
    },
    {
      what: "an edge of another name",
      body: () => void new Edge("edge" as "public", parts()),
      says: 'new Edge("edge"): wanted one of the names public, internal',
    },
    {
      what: "an edge without a network",
      body: () => void new Edge("public", {} as { network: Network }),
      says: 'new Edge("public"): network is missing, wanted the Network of this program',
    },
    {
      what: "a service without a network",
      body: () => void new Service("users", {} as ServiceArgs),
      says: 'new Service("users"): network is missing, wanted the Network of this program',
    },
    {
      what: "a service without its edge",
      body: both({ edges: [] }),
      says: 'new Service("users"): edges are [], wanted the public edge among them, because its exposure is [public]',
    },
    {
      what: "a caller without the internal edge",
      options: { settings: CALLS },
      body: () => {
        const { network, edges } = parts();
        const internal = new Edge("internal", { network });
        new Service("users", { network, edges: [...edges, internal] });
        new Service("doodle", { network, edges });
      },
      says: 'new Service("doodle"): edges are [public], wanted the internal edge among them, because it calls users',
    },
    {
      what: "a caller before what it calls",
      options: { settings: CALLS },
      body: () => {
        const { network, edges } = parts();
        new Service("doodle", { network, edges: [...edges, new Edge("internal", { network })] });
      },
      says: 'new Service("doodle") comes before new Service("users"), wanted it after, because doodle calls users',
    },
    {
      what: "a variable that the program sets already",
      body: both({ environment: { PORT: "1" } }),
      says: 'new Service("users"): environment.PORT: wanted another variable: PORT is set by the program',
    },
    {
      what: "a variable that the settings have, too",
      options: { settings: { users: { ...API, env: { A: "1" } } } },
      body: both({ environment: { A: "2" } }),
      says: 'new Service("users"): environment.A: wanted a variable that aoshingo:services.users does not set: take it away from one of both',
    },
    {
      what: "a number as a variable's value",
      body: both({ environment: { A: 2 as unknown as string } }),
      says: 'new Service("users"): environment.A: wanted text, or an output with text',
    },
    {
      what: "a secret as a variable's value",
      body: both({ environment: { A: pulumi.secret("hidden") } }),
      says: 'new Service("users"): environment.A is a secret, wanted it in SSM or Secrets Manager and in the setting aoshingo:services.users.secrets, from where ECS reads it',
    },
    {
      what: "rights to everything",
      body: both({ iam: [{ actions: ["*"], resources: ["*"] }] }),
      says: 'new Service("users"): iam[0].actions: given "*", wanted actions, such as s3:GetObject',
    },
    {
      what: "a resource that is no ARN",
      body: both({ iam: [{ actions: ["s3:GetObject"], resources: ["assets"] }] }),
      says: 'new Service("users"): iam[0].resources: given "assets", wanted ARNs, or *',
    },
    {
      what: "an output with a name of the deploy's",
      body: () => {
        both({})();
        return { state: "mine" };
      },
      says: 'the program returns an output "state", wanted another name: the deploy command reads this one',
    },
    {
      what: "two networks in two places",
      options: { network: NETWORK },
      body: () => void new Network("network", { vpcId: "v", publicSubnetIds: [], privateSubnetIds: [] }),
      says: 'new Network("network"): given a VPC both here and in aoshingo:network.vpc, wanted one of both: take it away from the settings, or from the program',
    },
  ];
  for (const { what, body, says, options } of REFUSED) {
    it(`refuses ${what}`, async () => {
      const end = await own(body, options).then(
        () => "done",
        (error: Error) => error.message,
      );
      expect(end).to.equal(says);
    });
  }

  it("refuses components outside of a program", () => {
    expect(() => new Network("network")).to.throw('new Network("network") is outside of a program');
  });
});
