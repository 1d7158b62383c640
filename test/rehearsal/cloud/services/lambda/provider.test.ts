import { expect } from "chai";
import { CloudClock } from "../../../../../rehearsal/cloud/kernel/clock";
import type { CloudContext } from "../../../../../rehearsal/cloud/kernel/context";
import type { Properties } from "../../../../../rehearsal/cloud/provider/wire";
import { Lambda, type LambdaFunction } from "../../../../../rehearsal/cloud/services/lambda/model/lambda";
import type { Declared } from "../../provider/stack";
import { RefusalsCloud } from "../../refusals/refusals-cloud";

const FUNCTION = "aws:lambda/function:Function";
const INVOCATION = "aws:lambda/invocation:Invocation";
const CODE = `
exports.handler = async ({ host, port, fail }) => {
  console.log("asked");
  if (fail) throw new TypeError("as it was asked to");
  return { host, name: process.env.AWS_LAMBDA_FUNCTION_NAME };
};`;

describe("rehearsal/cloud/services/lambda/provider", () => {
  let world: RefusalsCloud;
  let args: Properties;
  let made: Declared;
  let securityGroup: Declared;

  before(async () => {
    world = await RefusalsCloud.create("127.63");
    const { stack } = world;
    const vpc = await stack.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
    const subnet = await stack.create("aws:ec2/subnet:Subnet", {
      ...{ vpcId: vpc.id, cidrBlock: "10.0.0.0/24", availabilityZone: "ap-northeast-1a" },
    });
    securityGroup = await stack.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc.id, name: "function" });
    const logGroup = await stack.create("aws:cloudwatch/logGroup:LogGroup", { name: "/function" });
    args = {
      ...{ name: "users", handler: "index.handler", runtime: "nodejs24.x", role: await role("lambda.amazonaws.com") },
      code: archive(CODE),
      loggingConfig: { logFormat: "Text", logGroup: logGroup.outputs.name },
      vpcConfig: { subnetIds: [subnet.id], securityGroupIds: [securityGroup.id] },
    };
    made = await stack.create(FUNCTION, args);
  });
  after(() => world?.close());

  function archive(text: string): Properties {
    const signature = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7" };
    return { ...signature, hash: `${text.length}`.padStart(64, "0"), assets: { "index.js": { hash: "1", text } } };
  }

  async function role(service: string, name = "function", actions = ["ec2:CreateNetworkInterface"]): Promise<string> {
    const created = await world.stack.create("aws:iam/role:Role", {
      name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      }),
    });
    const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
    await world.stack.create("aws:iam/rolePolicy:RolePolicy", {
      ...{ name: "own", role: name, policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
    });
    return created.outputs.arn;
  }

  /** A model of its own, whose functions get nothing of a cloud. */
  function alone(context: CloudContext = world.cloud.context): Lambda {
    const { services } = world.cloud;
    return new Lambda({
      ...{ context, network: services.ec2.model.network, permissions: services.iam.model, logs: services.logs.model },
      directory: world.directory,
      open: async () => ({ environment: {}, routes: [], close: async () => {} }),
    });
  }

  it("runs a function's code in a process of its own, and answers what it returned", async () => {
    const lambda = alone();
    const settings = world.cloud.services.lambda.model.get("users") satisfies LambdaFunction;
    await lambda.create({ ...settings, name: "alone", timeoutSeconds: 900 });
    expect(await lambda.invoke("alone", '{"host":"h"}')).to.deep.equal({
      payload: '{"host":"h","name":"alone"}',
      isError: false,
    });
    const { payload, isError } = await lambda.invoke("alone", '{"fail":true}');
    expect(isError).to.equal(true);
    expect(JSON.parse(payload)).to.deep.equal({ errorType: "TypeError", errorMessage: "as it was asked to" });
    lambda.delete("alone");
  });

  it("has a hash of its code, which changes with it, wherever the files are", async () => {
    const { codeSha256 } = made.outputs;
    expect(await world.stack.update(made, { code: archive(`${CODE}\n`) })).not.to.include({ codeSha256 });
    expect(world.stack.replaces(made, { code: archive("") })).to.deep.equal([]);
  });

  const refused: [string, () => Promise<Properties> | Properties, string][] = [
    ["too long a name (L1)", () => ({ name: "f".repeat(65) }), "ValidationException"],
    ["a name that is taken", () => ({}), "ResourceConflictException: Function already exist: users"],
    [
      "a role that Lambda may not assume (L2)",
      async () => ({ name: "b", role: await role("ec2.amazonaws.com", "of-ec2") }),
      "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    ],
    [
      "a role that may not make network interfaces (L2)",
      async () => ({ name: "b", role: await role("lambda.amazonaws.com", "narrow", ["s3:ListBucket"]) }),
      "InvalidParameterValueException: The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
    ],
  ];
  for (const [what, changes, message] of refused)
    it(`refuses ${what}`, async () => {
      expect(await world.refusal(FUNCTION, { ...args, ...(await changes()) })).to.contain(message);
    });

  it("has functions outside of a VPC, which need no network interfaces, with variables", async () => {
    const { vpcConfig: _, ...outside } = args;
    const free = await world.stack.create(FUNCTION, {
      ...{ ...outside, name: "free", role: await role("lambda.amazonaws.com", "free", ["s3:ListBucket"]) },
      timeout: 900,
      environment: { variables: { AWS_LAMBDA_FUNCTION_NAME: "not this one", GREETING: "hello" } },
      code: archive("exports.handler = async () => [process.env.GREETING, process.env.AWS_LAMBDA_FUNCTION_NAME];"),
    });
    expect(free.outputs).to.not.have.property("vpcConfig");
    const { payload } = await world.cloud.services.lambda.model.invoke("free", "{}");
    expect(JSON.parse(payload)).to.deep.equal(["hello", "free"]);
    await world.stack.delete(free);
  });

  it("refuses to call a function that is not there", async () => {
    expect(await world.refusal(INVOCATION, { functionName: "none", input: "{}" })).to.equal(
      "ResourceNotFoundException: Function not found: none",
    );
  });

  it("keeps its security group for minutes after its end (L4)", async () => {
    const { services, context } = world.cloud;
    const { network } = services.ec2.model;
    const { vpcId } = securityGroup.outputs;
    const kept = await world.stack.create("aws:ec2/securityGroup:SecurityGroup", { vpcId, name: "kept" });
    const own = { ...context };
    const lambda = alone(own);
    const settings = services.lambda.model.get("users");
    await lambda.create({ ...settings, name: "alone", securityGroupIds: [kept.id] });
    // Minutes of this machine: they cannot be over on any machine.
    own.clock = new CloudClock(1);
    lambda.delete("alone");
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(() => network.securityGroups.delete(kept.id)).to.throw("dependent object");
  });

  it("gives its security group back at last", async () => {
    await world.stack.delete(made);
    await world.stack.delete(securityGroup);
  });
});
