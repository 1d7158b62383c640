import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Access, OWNER_KEY } from "../../../../rehearsal/cloud/api/authorisation";
import { Cloud } from "../../../../rehearsal/cloud/cloud";
import { jsonProtocol } from "../../../../rehearsal/cloud/protocols/json";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";
import { type Declared, Stack } from "../provider/stack";
import { taskRequest } from "../services/ecs/model/task-request";

const IAM = "arn:aws:iam::123456789012";
const ECS = "arn:aws:ecs:ap-northeast-1:123456789012";
const TASKS = "ecs-tasks.amazonaws.com";
const [VPC, SUBNET, GROUP, TEMPLATE] = [
  "aws:ec2/vpc:Vpc",
  "aws:ec2/subnet:Subnet",
  "aws:autoscaling/group:Group",
  "aws:ec2/launchTemplate:LaunchTemplate",
];
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
/** An action that each policy of these tests allows, too: once it is allowed, the whole policy holds. */
const LAST = "sts:GetCallerIdentity";
const IMAGE = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
const TAGS = { project: "shop", stack: "prod" };

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  ...{ Effect: "Allow", Action, Resource },
  ...(Condition ? { Condition } : {}),
});
const trust = (Service: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] });

/** Whose engine runs the provider decides what it may do (aws-rules I8). */
describe("rehearsal/cloud/api/provider-permissions", () => {
  const directory = mkdtempSync(join(tmpdir(), "aoshingo-rights-"));
  const accesses: Access[] = [];
  let cloud: Cloud;
  let admin: Stack;
  let group: Declared;
  let vpcId: string;
  let roles = 0;

  before(async () => {
    cloud = await Cloud.create({
      ...{
        region: "ap-northeast-1",
        speed: 1_000,
        seed: 1,
        zones: ["shop.test"],
        spreadSeconds: 0,
        loopback: "127.47",
        portOffset: 47_000,
      },
      ...{ directory, apiUrl: () => "", emit: () => {}, log: () => {}, onAccess: (access) => accesses.push(access) },
    });
    admin = new Stack(cloud.types(OWNER_KEY));
    const { roles: all } = cloud.services.iam.model;
    for (const [name, service] of [
      ["task", TASKS],
      ["execution", TASKS],
      ["instance", "ec2.amazonaws.com"],
    ] as const)
      all.create({ name, path: "/shop/", assumeRolePolicy: trust(service), maxSessionDuration: 3_600 });
    const { id: role } = { id: "instance" };
    await admin.create("aws:iam/instanceProfile:InstanceProfile", { name: "users", role });
    vpcId = (await admin.create(VPC, { cidrBlock: "10.0.0.0/16" })).id;
    const { id: subnet } = await admin.create(SUBNET, {
      vpcId,
      cidrBlock: "10.0.0.0/24",
      availabilityZone: "ap-northeast-1a",
    });
    const template = await admin.create(TEMPLATE, {
      imageId: IMAGE,
      instanceType: "t3.small",
      iamInstanceProfile: { name: "users" },
    });
    group = await admin.create(GROUP, {
      ...{ minSize: 0, maxSize: 0, desiredCapacity: 0, vpcZoneIdentifiers: [subnet] },
      launchTemplate: { id: template.id, version: "$Latest" },
      tags: Object.entries(TAGS).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    });
  });
  after(async () => {
    await cloud.close();
    rmSync(directory, { recursive: true });
  });

  /** The key of a new role with these statements, once they hold: the policy later than the role. */
  async function keyOf(...statements: object[]): Promise<string> {
    const { iam } = cloud.services;
    const name = `deployer-${++roles}`;
    const role = iam.model.roles.create({ name, path: "/", assumeRolePolicy: trust(TASKS), maxSessionDuration: 3_600 });
    iam.model.roles.putPolicy(name, "p", JSON.stringify({ Statement: [...statements, allow(LAST, "*")] }));
    const { AccessKeyId } = cloud.credentials.answer(cloud.credentials.issue(role.arn, "job").path)!;
    while (!iam.model.allows(name, LAST, "*")) await new Promise((resolve) => setTimeout(resolve, 2));
    return AccessKeyId;
  }

  /** A provider that acts as a new role with these statements. */
  async function providerOf(...statements: object[]): Promise<Stack> {
    return new Stack(cloud.types(await keyOf(...statements)));
  }

  const said = (operation: Promise<unknown>) =>
    operation.then(
      () => "done",
      ({ message }: Error) =>
        message.replace(/^User: \S+ is not authorized to perform: (\S+) on resource: (\S+) .*$/, "no $1 on $2"),
    );
  const definition = (): Properties => ({
    ...{ family: "users", networkMode: "bridge", requiresCompatibilities: ["EC2"], cpu: "256", memory: "256" },
    ...{ taskRoleArn: `${IAM}:role/shop/task`, executionRoleArn: `${IAM}:role/shop/execution`, tags: TAGS },
    containerDefinitions: taskRequest().containerDefinitions,
  });
  const register = allow(["ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:DescribeTaskDefinition"], "*");
  const pass = (PassedToService: string) =>
    allow("iam:PassRole", `${IAM}:role/shop/*`, { StringEquals: { "iam:PassedToService": PassedToService } });

  for (const [title, statements, answer] of [
    ["its roles may be passed on", [register, pass(TASKS)], "done"],
    ["no role may be passed on (I8)", [register], `no iam:PassRole on ${IAM}:role/shop/task`],
    [
      "roles may be passed on to others",
      [register, pass("ec2.amazonaws.com")],
      `no iam:PassRole on ${IAM}:role/shop/task`,
    ],
    [
      "only the task role may be passed on",
      [register, allow("iam:PassRole", `${IAM}:role/shop/task`)],
      `no iam:PassRole on ${IAM}:role/shop/execution`,
    ],
    [
      "it must have the project's tag",
      [{ ...register, Condition: { StringEquals: { "aws:RequestTag/project": "other" } } }, pass(TASKS)],
      `no ecs:RegisterTaskDefinition on ${ECS}:task-definition/users:*`,
    ],
    [
      "it may not be read back",
      [allow(["ecs:RegisterTaskDefinition", "ecs:TagResource"], "*"), pass(TASKS)],
      "no ecs:DescribeTaskDefinition on *",
    ],
  ] as const)
    it(`a task definition, where ${title}: ${answer}`, async () => {
      const stack = await providerOf(...statements);
      expect(await said(stack.create(TASK_DEFINITION, definition()))).to.equal(answer);
    });

  const launch = allow(
    [
      "ec2:RunInstances",
      "ec2:CreateTags",
      "ssm:GetParameters",
      "autoscaling:Describe*",
      "elasticloadbalancing:Describe*",
    ],
    "*",
  );
  const own = (project: string) =>
    allow("autoscaling:UpdateAutoScalingGroup", "*", { StringEquals: { "aws:ResourceTag/project": project } });
  for (const [title, statements, answer] of [
    ["all that it launches is allowed", [launch, own("shop"), pass("ec2.amazonaws.com")], "done"],
    [
      "the instances' role may not be passed on (I8)",
      [launch, own("shop")],
      `no iam:PassRole on ${IAM}:role/shop/instance`,
    ],
    [
      "it belongs to another project",
      [launch, own("other"), pass("ec2.amazonaws.com")],
      "no autoscaling:UpdateAutoScalingGroup on GROUP",
    ],
  ] as const)
    it(`an Auto Scaling group's size, where ${title}: ${answer}`, async () => {
      const stack = await providerOf(...statements);
      const args = { ...group.inputs, desiredCapacity: 0 };
      const update = stack.type(GROUP).update!(group.id, args, group.inputs, {
        urn: "",
        signal: new AbortController().signal,
      });
      expect((await said(update)).replace(group.outputs.arn, "GROUP")).to.equal(answer);
    });

  for (const [title, tags, answer] of [
    ["of the stack", { template: TAGS, securityGroup: TAGS }, "done"],
    [
      "from the template of another stack",
      { template: { ...TAGS, stack: "dev" }, securityGroup: TAGS },
      "no ec2:RunInstances on TEMPLATE",
    ],
    ["in a security group without tags", { template: TAGS, securityGroup: {} }, "no ec2:RunInstances on GROUP"],
  ] as const)
    it(`instances ${title}, where the stack's tags are asked for: ${answer}`, async () => {
      const securityGroup = await admin.create("aws:ec2/securityGroup:SecurityGroup", {
        ...{ name: title, description: title, vpcId, tags: tags.securityGroup },
      });
      const template = await admin.create(TEMPLATE, {
        ...{ imageId: IMAGE, instanceType: "t3.small", tags: tags.template },
        vpcSecurityGroupIds: [securityGroup.id],
      });
      const ofTheStack = { StringEquals: { "aws:ResourceTag/project": "shop", "aws:ResourceTag/stack": "prod" } };
      const ec2 = "arn:aws:ec2:ap-northeast-1:123456789012";
      const stack = await providerOf(
        allow("ec2:RunInstances", [`${ec2}:launch-template/*`, `${ec2}:security-group/*`], ofTheStack),
        allow(
          "ec2:RunInstances",
          [
            ...["instance/*", "network-interface/*", "subnet/*", "volume/*"].map((resource) => `${ec2}:${resource}`),
            "arn:aws:ec2:ap-northeast-1::image/*",
          ],
          { ArnLike: { "ec2:LaunchTemplate": `${ec2}:launch-template/*` } },
        ),
        allow(["ec2:CreateTags", "ssm:GetParameters", "autoscaling:*", "elasticloadbalancing:Describe*"], "*"),
      );
      const args = { ...group.inputs, launchTemplate: { id: template.id, version: "$Latest" } };
      const update = stack.type(GROUP).update!(group.id, args, group.inputs, {
        urn: "",
        signal: new AbortController().signal,
      });
      const answered = await said(update);
      expect(answered.replace(template.outputs.arn, "TEMPLATE").replace(securityGroup.outputs.arn, "GROUP")).to.equal(
        answer,
      );
    });

  for (const [cluster, answer] of [
    [`${ECS}:cluster/shop-prod-users-blue`, "done"],
    ["shop-prod-users-blue", "done"],
    ["other-prod-users-blue", `no ecs:RunTask on ${ECS}:task-definition/runnable:1`],
    [undefined, `no ecs:RunTask on ${ECS}:task-definition/runnable:1`],
  ] as const)
    it(`a task in the cluster ${cluster}, where those of one stack are allowed: ${answer} (Y6)`, async () => {
      const { taskDefinitions } = cloud.services.ecs.model;
      if (!taskDefinitions.find("runnable:1"))
        await admin.create(TASK_DEFINITION, { ...definition(), family: "runnable" });
      const ownClusters = { ArnLike: { "ecs:cluster": `${ECS}:cluster/shop-prod-*` } };
      const key = await keyOf(allow("ecs:RunTask", "*", ownClusters), pass(TASKS));
      const caller = cloud.authorisation.caller(key, jsonProtocol);
      const input = { taskDefinition: "runnable:1", cluster };
      const asked = async () =>
        cloud.authorisation.check(
          caller,
          { service: "ecs", operation: "RunTask", input, isSecure: true },
          jsonProtocol,
        );
      expect(await said(asked())).to.equal(answer);
    });

  it("refuses a role what nobody allows it, by its main action", async () => {
    const stack = await providerOf(allow("ec2:Describe*", "*"));
    expect(await said(stack.create(VPC, { cidrBlock: "10.1.0.0/16" }))).to.equal("no ec2:CreateVpc on *");
  });

  it("asks the functions, too, for what they look up", async () => {
    const { arn } = cloud.services.route53.model.findByName("shop.test")[0]!;
    const role = await providerOf(allow("route53:ListHostedZones", "*"));
    expect(role).to.be.instanceOf(Stack);
    const { AccessKeyId } = cloud.credentials.answer(
      cloud.credentials.issue(`${IAM}:role/deployer-${roles}`, "job").path,
    )!;
    const getZone = cloud.functions(AccessKeyId).find(({ token }) => token.endsWith(":getZone"))!;
    expect(await said(getZone.call({ name: "shop.test", privateZone: false }))).to.equal(
      `no route53:GetHostedZone on ${arn}`,
    );
  });

  it("records what roles are asked for, and nothing of an administrator", () => {
    expect(accesses.every(({ roleName }) => roleName.startsWith("deployer-"))).to.equal(true);
    expect(accesses).to.deep.include({
      ...{ roleName: "deployer-2", action: "iam:PassRole", resource: `${IAM}:role/shop/task`, allowed: false },
      context: { "aws:securetransport": "true", "iam:passedtoservice": TASKS },
    });
  });
});
