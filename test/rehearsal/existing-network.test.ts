import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { SECRETS_PROVIDER } from "../../rehearsal/environment/rehearsal-stack";
import { checkOut } from "./checkout";
import { previewUnchanged } from "./expectations";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.37", portOffset: 37_000, speed: 200 };
const VPC = "vpc-0f00000000000000a";
const NETWORK = {
  vpc: VPC,
  publicSubnets: ["subnet-0f00000000000001a", "subnet-0f00000000000001b"],
  privateSubnets: ["subnet-0f00000000000002a", "subnet-0f00000000000002b"],
};
const HOST = "shop.abc123def456.ap-northeast-1.rds.amazonaws.com";
const GROUP = "sg-0f00000000000000d";
/** A database in that VPC, whose settings only their owner could have: the secret is in an account of their own. */
const EXISTING = {
  ...{ host: HOST, database: "store", securityGroup: GROUP },
  secret: "arn:aws:secretsmanager:ap-northeast-1:210987654321:secret:prod/shop-AbC123",
};
const DATABASE = ["config", "aoshingo:databases", "main", "existing", "database"];
const USES = ["config", "aoshingo:services", "users", "uses"];
/** What a VPC of the stack's own consists of. */
const OF_A_NETWORK =
  /:ec2\/(?:vpc|subnet|internetGateway|natGateway|eip|route|routeTable|routeTableAssociation|vpcEndpoint|defaultSecurityGroup):|awsx:/;

/**
 * The whole life of a stack in a VPC that existed before it and exists after it, with a database there, with the plain CLI and
 * the deploy command.
 */
describe("a stack in an existing VPC", () => {
  let stack: RunningStack;
  let checkout: string;

  before(async () => {
    stack = await RunningStack.startCloud(PLACE, { network: NETWORK, databases: { main: { existing: EXISTING } } });
    checkout = join(stack.directory, "checkout");
    await checkOut(checkout);
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
  });
  after(() => stack?.stop());

  const pulumi = (...args: string[]) => stack.pulumi(checkout, [...args, "--stack", STACK]);

  async function withNetwork(network: object) {
    const file = join(stack.directory, "other.yaml");
    await cp(stack.settingsFile, file);
    await changeSettings(file, ["config", "aoshingo:network"], network);
    return pulumi("up", "--yes", "--skip-preview", "--config-file", file);
  }

  const linesOf = (text: string) => [
    ...new Set(text.split("\n").flatMap((line) => /aoshingo:network\..*/.exec(line)?.[0] ?? [])),
  ];

  it("is refused in another VPC, with everything that is wrong in one list, and nothing changed", async () => {
    const created = await stack.pulumi(checkout, ["stack", "init", STACK, "--secrets-provider", SECRETS_PROVIDER]);
    expect(created.exitCode, created.text).to.equal(0);
    const { exitCode, text } = await withNetwork({
      vpc: "vpc-0f00000000000000b",
      publicSubnets: NETWORK.publicSubnets,
      privateSubnets: [NETWORK.privateSubnets[0], "subnet-0f00000000000003a"],
    });
    expect(exitCode, text).to.not.equal(0);
    expect(linesOf(text)).to.deep.equal([
      "aoshingo:network.vpc: given vpc-0f00000000000000b, wanted a VPC that exists in ap-northeast-1: no matching EC2 VPC found",
      ...NETWORK.publicSubnets.map(
        (id) =>
          `aoshingo:network.publicSubnets: given ${id}, which is in ${VPC}, wanted a subnet of vpc-0f00000000000000b`,
      ),
      `aoshingo:network.privateSubnets: given subnet-0f00000000000002a, which is in ${VPC}, wanted a subnet of vpc-0f00000000000000b`,
      "aoshingo:network.privateSubnets: given subnet-0f00000000000003a, wanted a subnet that exists in ap-northeast-1: no matching EC2 Subnet found",
    ]);
    expect((await stack.resources()).filter((urn) => !urn.includes("::pulumi:"))).to.deep.equal([]);
  });

  it("comes up without a resource of a network, and takes a release", async () => {
    await stack.up();
    expect((await stack.resources()).filter((urn) => OF_A_NETWORK.test(urn))).to.deep.equal([]);
    await stack.push("v1");
    const { exitCode, errors, events } = await stack.deploy("v1");
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    expect(await stack.production()).to.include({ release: "v1" });
  });

  it("is unchanged by a second `up`", async () => {
    const { exitCode, text } = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(exitCode, text).to.equal(0);
  });

  it("says in one line what is wrong with a database there that only the function in the VPC can see", async () => {
    await changeSettings(stack.settingsFile, USES, ["main"]);
    await changeSettings(stack.settingsFile, DATABASE, "nothing");
    const up = await pulumi("up", "--yes", "--skip-preview", "--config-file", stack.settingsFile);
    expect(up.exitCode, up.text).to.not.equal(0);
    expect(up.text).to.contain(
      'aoshingo:databases.main.existing.database: given nothing, wanted a database of the server: database \\"nothing\\" does not exist',
    );
  });

  it("gives a service a user in it, and has nothing of the database itself", async () => {
    await changeSettings(stack.settingsFile, DATABASE, "store");
    // The function logs in as the user before it answers.
    await stack.up();
    const resources = await stack.resources();
    expect(resources.filter((urn) => urn.includes(":lambda/invocation:"))).to.have.length(1);
    expect(resources.filter((urn) => urn.includes(":rds/"))).to.deep.equal([]);
    const again = await previewUnchanged(stack);
    expect(again.exitCode, again.text).to.equal(0);
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
  });

  it("previews as the role that only reads", async () => {
    const { exitCode, errors } = await stack.run("preview");
    expect({ exitCode, errors }).to.deep.equal({ exitCode: 0, errors: "" });
  });

  it("refuses a deploy while the network is wrong, before instances start, and takes it back", async () => {
    const production = await stack.production();
    const faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    await stack.push("v2");
    // The one thing of this network that can be made to fail from outside: it cannot be read.
    await faults.add({ kind: "throttle", operation: "ec2:DescribeNatGateways" });
    const { exitCode, events } = await stack.deploy("v2");
    await faults.clear();
    expect(exitCode).to.equal(1);
    const steps = events.flatMap((event) => (event.type === "stepEnded" ? [event] : []));
    expect(steps.map(({ step, ok }) => `${step} ${ok}`)).to.deep.equal([
      "preflight true",
      "warm false",
      "coolDown true",
    ]);
    for (const id of NETWORK.privateSubnets)
      expect(JSON.stringify(steps[1])).to.include(`aoshingo:network.privateSubnets: given ${id}, whose route table`);
    expect(await stack.production()).to.deep.equal(production);
    expect(await stack.tasksOf(production!.idle)).to.deep.equal([]);
  });

  it("does not move to a VPC of its own while a service stays", async () => {
    const { exitCode, text } = await withNetwork({ cidr: "10.0.0.0/16" });
    expect(exitCode, text).to.not.equal(0);
    expect(linesOf(text)).to.deep.equal([
      `aoshingo:network.vpc: given a new VPC, but the stack has ${VPC}: a change replaces security groups and load balancers of users, which fails their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one.`,
    ]);
  });

  it("leaves the VPC as it was when it is destroyed", async () => {
    const destroyed = await pulumi("destroy", "--yes", "--skip-preview");
    expect(destroyed.exitCode, destroyed.text).to.equal(0);
    expect(await stack.resources()).to.deep.equal([]);
    // The program looks at everything of the network before it declares anything.
    const preview = await pulumi("preview");
    expect(preview.exitCode, preview.text).to.equal(0);
    expect(preview.text).to.match(/\+ \d+ to create/);
  });
});
