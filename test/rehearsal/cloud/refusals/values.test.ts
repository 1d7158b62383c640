import { expect } from "chai";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";
import { RefusalsCloud } from "./refusals-cloud";

const ROLE_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
});
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, ""]));

/** A kind of value, with an example that AWS takes (null: nothing else is needed) and examples that it refuses. */
interface ValueCase {
  kind: string;
  token: string;
  /** Arguments that are taken. */
  good: Properties;
  /** What is changed, and AWS's answer. */
  bad: [change: Properties, refusal: RegExp][];
}

const container = (change: Properties = {}) =>
  JSON.stringify([
    { name: "web", image: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:v1", memory: 128, ...change },
  ]);
const PATTERN = "failed to satisfy constraint: Member must satisfy regular expression pattern";

describe("rehearsal/cloud/refusals/values", () => {
  let world: RefusalsCloud;
  let vpcId: string;
  before(async () => {
    world = await RefusalsCloud.create("127.62");
    vpcId = (await world.stack.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" })).id;
  });
  after(() => world.close());

  const group = () => ({ vpcId, description: "Web servers" });
  const ingress = (change: Properties) => ({
    ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"], ...change }],
  });
  const CASES: (Omit<ValueCase, "good"> & { good: () => Properties })[] = [
    {
      kind: "texts of security groups (V3)",
      token: "aws:ec2/securityGroup:SecurityGroup",
      good: group,
      bad: [
        [
          { description: "Zürich’s servers" },
          /^InvalidParameterValue: Value \(Zürich’s servers\) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported./,
        ],
        [{ description: "a | b" }, /^InvalidParameterValue: Invalid security group description/],
        [{ name: "web\tservers" }, /^InvalidParameterValue: Invalid security group name/],
        [ingress({ description: "nur für uns" }), /parameter Description is invalid. Character sets beyond ASCII/],
      ],
    },
    {
      kind: "port ranges (V4)",
      token: "aws:ec2/securityGroup:SecurityGroup",
      good: group,
      bad: [
        [ingress({ fromPort: 443, toPort: 80 }), /^InvalidParameterValue: Invalid value '443-80' for portRange/],
        [ingress({ fromPort: 1, toPort: 70_000 }), /^InvalidParameterValue: TCP\/UDP port \(70000\) out of range/],
        [
          ingress({ protocol: "http" }),
          /^InvalidParameterValue: Invalid value 'http' for IP protocol. Unknown protocol./,
        ],
        [ingress({ protocol: "UDP", fromPort: -1 }), /^InvalidParameterValue: TCP\/UDP port \(-1\) out of range/],
      ],
    },
    {
      kind: "CIDR blocks (V4)",
      token: "aws:ec2/securityGroup:SecurityGroup",
      good: group,
      bad: [
        [ingress({ cidrBlocks: ["10.0.0.0/33"] }), /^InvalidParameterValue: CIDR block 10.0.0.0\/33 is malformed/],
        [ingress({ cidrBlocks: ["10.0.0.300/32"] }), /CIDR block 10.0.0.300\/32 is malformed/],
        [ingress({ cidrBlocks: [], ipv6CidrBlocks: ["::/129"] }), /CIDR block ::\/129 is malformed/],
      ],
    },
    {
      kind: "tags (V2)",
      token: "aws:sqs/queue:Queue",
      good: () => ({ tags: { team: "Web: a/b=c+d-e@f.g_h", größe: "1" } }),
      bad: [
        [{ tags: { "aws:team": "a" } }, /^InvalidParameterValue: Tag keys can't begin with 'aws:'; given 'aws:team'/],
        [{ tags: { team: "a, b; c" } }, /^InvalidParameterValue: .*Tag 'team' is invalid/],
        [{ tags: { ["k".repeat(129)]: "" } }, /maximum length of 128/],
        [{ tags: { team: "v".repeat(257) } }, /maximum length of 256/],
        [{ tags: many(51) }, /at most 50 tags; given 51/],
      ],
    },
    {
      kind: "tags, by the API's model (V1)",
      token: "aws:iam/role:Role",
      good: () => ({ assumeRolePolicy: ROLE_TRUST, tags: { team: "web" } }),
      bad: [
        [{ tags: { "aws:team": "a" } }, /^InvalidInput: aws: prefixed tag key names are not allowed/],
        [{ tags: { team: "a;b" } }, /^ValidationError: /],
        [{ tags: many(51) }, /^LimitExceeded: /],
      ],
    },
    {
      kind: "names and descriptions, by the API's model (V1)",
      token: "aws:iam/role:Role",
      good: () => ({ assumeRolePolicy: ROLE_TRUST }),
      bad: [
        [
          { name: "web role" },
          new RegExp(
            `^ValidationError: 1 validation error detected: Value 'web role' at 'roleName' ${PATTERN}: \\[\\\\w\\+=,\\.@-\\]\\+`,
          ),
        ],
        [
          { name: "r".repeat(65) },
          /'roleName' failed to satisfy constraint: Member must have length less than or equal to 64/,
        ],
        [{ path: "web" }, new RegExp(`Value 'web' at 'path' ${PATTERN}`)],
        [{ description: "→" }, new RegExp(`Value '→' at 'description' ${PATTERN}`)],
        [
          { maxSessionDuration: 60 },
          /Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600/,
        ],
      ],
    },
    {
      kind: "names of repositories, by the API's model",
      token: "aws:ecr/repository:Repository",
      good: () => ({ name: "shop/web" }),
      bad: [
        [{ name: "Shop/Web" }, new RegExp(`^InvalidParameterException: .*'repositoryName' ${PATTERN}`)],
        [{ name: "a" }, /Member must have length greater than or equal to 2/],
      ],
    },
    {
      kind: "names of log groups, by the API's model",
      token: "aws:cloudwatch/logGroup:LogGroup",
      good: () => ({ name: "/shop/web" }),
      bad: [[{ name: "shop:web" }, new RegExp(`^InvalidParameterException: .*'logGroupName' ${PATTERN}`)]],
    },
    {
      kind: "host names of certificates, by the API's model",
      token: "aws:acm/certificate:Certificate",
      good: () => ({ domainName: "shop.aoshingo.test", validationMethod: "DNS" }),
      bad: [
        [{ domainName: "shop_1.aoshingo.test" }, new RegExp(`^ValidationException: .*'domainName' ${PATTERN}`)],
        [{ domainName: `${"a".repeat(64)}.test` }, new RegExp(PATTERN)],
      ],
    },
    {
      kind: "lists of values, by the API's model",
      token: "aws:acm/certificate:Certificate",
      good: () => ({ domainName: "a.aoshingo.test", validationMethod: "DNS" }),
      bad: [
        [
          { subjectAlternativeNames: Array.from({ length: 101 }, (_, n) => `a${n}.test`) },
          /'subjectAlternativeNames' failed to satisfy constraint: Member must have length less than or equal to 100/,
        ],
      ],
    },
    {
      kind: "names of buckets (V5)",
      token: "aws:s3/bucket:Bucket",
      good: () => ({ bucket: "aoshingo-4711" }),
      bad: [
        [{ bucket: "logs" }, /^BucketAlreadyExists: The requested bucket name is not available/],
        [{ bucket: "prod-logs" }, /^BucketAlreadyExists: /],
        [{ bucket: "Shop" }, /^InvalidBucketName: /],
        [{ bucket: "shop..4711" }, /^InvalidBucketName: /],
        [{ bucket: "192.168.0.1" }, /^InvalidBucketName: /],
        [{ bucket: "xn--shop" }, /^InvalidBucketName: /],
        [{ bucket: "shop-s3alias" }, /^InvalidBucketName: /],
      ],
    },
    {
      kind: "sizes of containers (V11)",
      token: "aws:ecs/taskDefinition:TaskDefinition",
      good: () => ({ family: "web", memory: "512", cpu: "256", containerDefinitions: container() }),
      bad: [
        [
          { containerDefinitions: container({ memory: 1024 }) },
          /^ClientException: The 'memory' setting for container 'web' is greater than for the task\.$/,
        ],
        [
          { containerDefinitions: container({ memory: undefined, memoryReservation: 513 }) },
          /^ClientException: The 'memoryReservation' setting for container 'web' is greater than for the task\.$/,
        ],
        [
          { containerDefinitions: container({ cpu: 512 }) },
          /^ClientException: The 'cpu' setting for container 'web' is greater than for the task\.$/,
        ],
      ],
    },
    {
      kind: "sizes of task definitions",
      token: "aws:ecs/taskDefinition:TaskDefinition",
      good: () => ({ family: "web", containerDefinitions: container() }),
      bad: [
        [
          { containerDefinitions: container({ environment: [{ name: "LONG", value: "x".repeat(65_536) }] }) },
          /^ClientException: Actual length: '\d+'. Max allowed length is '65536' bytes\.$/,
        ],
      ],
    },
    {
      kind: "roles of tasks",
      token: "aws:ecs/taskDefinition:TaskDefinition",
      good: () => ({
        ...{ family: "web", containerDefinitions: container(), taskRoleArn: "web" },
        executionRoleArn: "arn:aws:iam::123456789012:role/shop/web",
      }),
      bad: [
        [
          { taskRoleArn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/web" },
          /^ClientException: Role is not valid$/,
        ],
        [{ executionRoleArn: "arn:aws:iam::1234:role/web" }, /^ClientException: Role is not valid$/],
      ],
    },
    {
      kind: "image references",
      token: "aws:ecs/taskDefinition:TaskDefinition",
      good: () => ({ family: "web", containerDefinitions: container() }),
      bad: [
        [{ containerDefinitions: container({ image: "web:v1 " }) }, /^ClientException: Invalid image reference/],
        [{ containerDefinitions: container({ image: "Web" }) }, /^ClientException: Invalid image reference/],
      ],
    },
    {
      kind: "volumes and devices",
      token: "aws:ec2/launchTemplate:LaunchTemplate",
      good: () => ({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 30 } }] }),
      bad: [
        [{ blockDeviceMappings: [{ deviceName: "root" }] }, /^InvalidBlockDeviceMapping: Invalid device name root/],
        [
          { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 70_000 } }] },
          /^InvalidParameterValue: Volume of 70000GiB/,
        ],
        [
          { tagSpecifications: [{ resourceType: "instance", tags: { "aws:a": "b" } }] },
          /^InvalidParameterValue: Tag keys starting with 'aws:' are reserved/,
        ],
      ],
    },
  ];

  for (const { kind, token, good, bad } of CASES) {
    it(`${kind}: takes what AWS takes, refuses what it refuses`, async () => {
      expect(await world.refusal(token, good())).to.equal("accepted");
      for (const [change, answer] of bad) {
        expect(await world.refusal(token, { ...good(), ...change })).to.match(answer);
      }
    });
  }

  it("tags: those that the provider adds to every resource count", async () => {
    expect(await world.refusal("aws:sqs/queue:Queue", {}, { team: "a;b" })).to.match(/Tag 'team' is invalid/);
    expect(
      await world.refusal(
        "aws:sqs/queue:Queue",
        { tags: many(26) },
        Object.fromEntries(Object.keys(many(25)).map((key) => [`d${key}`, ""])),
      ),
    ).to.match(/given 51/);
  });

  it("checks an update like a creation", async () => {
    const queue = await world.stack.create("aws:sqs/queue:Queue", { name: "updated" });
    const refused = await world.stack.update(queue, { tags: { team: "a;b" } }).catch((error: Error) => error.message);
    expect(refused).to.match(/Tag 'team' is invalid/);
  });
});
