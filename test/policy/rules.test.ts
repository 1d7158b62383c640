import { expect } from "chai";
import { RULES } from "../../policy/rules";
import { type DeclaredResource, declare, STATES, V1, type World } from "../components/world";

type Inputs = Record<string, unknown>;

interface Violation {
  /** Name of a resource of the program, whose one input is changed. */
  resource: string;
  type: string;
  /** The change. */
  change: (inputs: Inputs) => Inputs;
  says: string;
}

const TEMPLATE = { resource: "users-blue-instance", type: "aws:ec2/launchTemplate:LaunchTemplate" };
const RECORD = { resource: "users-production-record", type: "aws:route53/record:Record" };
const INGRESS = {
  resource: "public-from-anywhere-443",
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
};
const QUEUE = { resource: "mailer-queue", type: "aws:sqs/queue:Queue" };
const REPOSITORY = { resource: "users-repository", type: "aws:ecr/repository:Repository" };
const TASK = { resource: "users-green-task", type: "aws:ecs/taskDefinition:TaskDefinition" };
const LOAD_BALANCER = { resource: "public-blue", type: "aws:lb/loadBalancer:LoadBalancer" };
const HTTPS = { resource: "public-blue-https", type: "aws:lb/listener:Listener" };
const RIGHTS = { resource: "users-agent", type: "aws:iam/rolePolicy:RolePolicy" };
const ROLE = { resource: "ci-deploy", type: "aws:iam/role:Role" };
const GROUP = { resource: "users-instances", type: "aws:ec2/securityGroup:SecurityGroup" };

const SCHEDULE = { resource: "report-schedule", type: "aws:scheduler/schedule:Schedule" };

const set = (changes: Inputs) => (inputs: Inputs) => ({ ...inputs, ...changes });
const inContainers = (change: (container: Inputs) => Inputs) => (inputs: Inputs) => ({
  ...inputs,
  containerDefinitions: JSON.stringify((JSON.parse(String(inputs.containerDefinitions)) as Inputs[]).map(change)),
});
const inDocument = (key: string, change: (statement: Inputs) => Inputs) => (inputs: Inputs) => {
  const { Statement, ...document } = JSON.parse(String(inputs[key])) as { Statement: Inputs[] };
  const [first, ...others] = Statement;
  return { ...inputs, [key]: JSON.stringify({ ...document, Statement: [change(first!), ...others] }) };
};
const allowing = (changes: Inputs) => inDocument("policy", (statement) => ({ ...statement, Sid: "Own", ...changes }));

const DATABASE = { resource: "main-database", type: "aws:rds/instance:Instance" };
const PARAMETERS = { resource: "main-database", type: "aws:rds/parameterGroup:ParameterGroup" };

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const VIOLATIONS: Record<string, Violation[]> = {
  "databases-are-private": [
    { ...DATABASE, change: set({ publiclyAccessible: true }), says: "publiclyAccessible is true: set it to false" },
    ...[set({ password: "hunter2" }), set({ manageMasterUserPassword: undefined })].map((change) => ({
      ...DATABASE,
      change,
      says: "the master user's password is in the program: set manageMasterUserPassword to true, and no password",
    })),
  ],
  "databases-keep-their-data": [
    {
      ...DATABASE,
      change: set({ backupRetentionPeriod: 0 }),
      says: "backupRetentionPeriod is 0: set it to 1 or more, so that the database can be restored to a point in time",
    },
    {
      ...DATABASE,
      change: set({ skipFinalSnapshot: true }),
      says: "skipFinalSnapshot is true: leave a final snapshot",
    },
  ],
  "databases-use-tls": [
    { ...PARAMETERS, change: set({ parameters: [] }), says: 'parameters have no rds.force_ssl: set it to "1"' },
  ],
  "records-change-in-place": [
    {
      ...RECORD,
      change: set({ name: "users-blue.example.jp" }),
      says: "name users-blue.example.jp has a colour in it: a cutover would replace the record, so let only its alias change",
    },
    {
      ...RECORD,
      change: set({ setIdentifier: "blue" }),
      says: "setIdentifier is set: leave it out, as a routing policy makes records that are replaced and weights that are not kept",
    },
    { ...RECORD, change: set({ type: "CNAME" }), says: "type is CNAME: an alias to a load balancer is A or AAAA" },
  ],
  "records-ignore-target-health": [
    {
      ...RECORD,
      change: ({ aliases, ...inputs }) => ({
        ...inputs,
        aliases: (aliases as Inputs[]).map((alias) => ({ ...alias, evaluateTargetHealth: true })),
      }),
      says: "evaluateTargetHealth is true: set it to false",
    },
  ],
  "no-public-ingress": [
    {
      ...INGRESS,
      change: set({ fromPort: 8080, toPort: 8080 }),
      says: "everybody is let in on ports 8080 to 8080: name a security group or a network instead",
    },
    {
      ...INGRESS,
      change: set({ ipProtocol: "-1", cidrIpv6: "::/0" }),
      says: "everybody is let in on ports 0 to 65535: name a security group or a network instead",
    },
    {
      resource: "users-from-public",
      type: INGRESS.type,
      change: set({ cidrIpv4: "0.0.0.0/0" }),
      says: "everybody is let in on ports 8080 to 8080: name a security group or a network instead",
    },
    {
      ...GROUP,
      change: set({ ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }] }),
      says: "everybody is let in on ports 443 to 443: name a security group or a network instead",
    },
  ],
  "no-ssh": [
    {
      resource: "users-from-public",
      type: INGRESS.type,
      change: set({ fromPort: 0, toPort: 1024 }),
      says: "ports 0 to 1024 have 22 among them: leave it out",
    },
    { ...TEMPLATE, change: set({ keyName: "ops" }), says: "keyName is ops: leave it out" },
  ],
  "no-public-addresses": [
    {
      ...TEMPLATE,
      change: set({ networkInterfaces: [{ associatePublicIpAddress: "true" }] }),
      says: "a network interface has associatePublicIpAddress: leave it out",
    },
    {
      ...SCHEDULE,
      change: ({ target, ...inputs }) => ({
        ...inputs,
        target: { ...(target as object), ecsParameters: { networkConfiguration: { assignPublicIp: true } } },
      }),
      says: "target.ecsParameters.networkConfiguration.assignPublicIp is true: leave it out",
    },
  ],
  "metadata-version-2": [
    {
      ...TEMPLATE,
      change: set({ metadataOptions: { httpTokens: "optional" } }),
      says: "metadataOptions.httpTokens is optional: set it to required",
    },
    {
      ...TEMPLATE,
      change: set({ metadataOptions: undefined }),
      says: "metadataOptions.httpTokens is undefined: set it to required",
    },
    {
      ...TEMPLATE,
      change: set({ metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 } }),
      says: "metadataOptions.httpPutResponseHopLimit is 2: set it to 1",
    },
  ],
  "stores-are-encrypted": [
    {
      ...QUEUE,
      change: set({ sqsManagedSseEnabled: false }),
      says: "neither sqsManagedSseEnabled nor kmsMasterKeyId is set",
    },
    {
      ...REPOSITORY,
      change: set({ encryptionConfigurations: [] }),
      says: "encryptionConfigurations has no encryptionType: wanted AES256 or KMS",
    },
    {
      resource: "access-logs-encryption",
      type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      change: set({ rules: [{}] }),
      says: "no rule has an sseAlgorithm: wanted AES256 or aws:kms",
    },
    {
      ...TEMPLATE,
      change: set({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 30 } }] }),
      says: 'the volume /dev/xvda is not encrypted: set ebs.encrypted to "true"',
    },
  ],
  "volumes-are-named": [
    {
      ...TEMPLATE,
      change: set({ blockDeviceMappings: undefined }),
      says: "blockDeviceMappings is empty: name the root volume",
    },
  ],
  "buckets-are-private": [
    {
      resource: "deploy-store-privacy",
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      change: set({ blockPublicPolicy: false }),
      says: "blockPublicPolicy is false: set it to true",
    },
  ],
  "image-tags-never-move": [
    {
      ...REPOSITORY,
      change: set({ imageTagMutability: "MUTABLE" }),
      says: "imageTagMutability is MUTABLE: set it to IMMUTABLE",
    },
    {
      ...REPOSITORY,
      change: set({ imageScanningConfiguration: undefined }),
      says: "imageScanningConfiguration.scanOnPush is not true",
    },
  ],
  "tasks-name-digests": [
    {
      ...TASK,
      change: inContainers((container) => ({ ...container, image: "users:v1" })),
      says: "container users runs users:v1: name it by its digest, ...@sha256:...",
    },
  ],
  "tasks-are-confined": [
    {
      ...TASK,
      change: inContainers((container) => ({ ...container, privileged: true })),
      says: "container users is privileged: leave that out",
    },
    ...["networkMode", "pidMode", "ipcMode"].map((key) => ({
      ...TASK,
      change: set({ [key]: "host" }),
      says: `${key} is host: the task would share it with its instance and all other tasks there`,
    })),
    {
      ...TASK,
      change: set({ volumes: [{ name: "tmp" }, { name: "docker", hostPath: "/var/run" }] }),
      says: "volume docker is /var/run of the instance: leave hostPath out",
    },
    {
      ...TASK,
      change: inContainers((container) => ({
        ...container,
        linuxParameters: { capabilities: { add: ["SYS_ADMIN", "NET_ADMIN"] }, devices: [{ hostPath: "/dev/nvme0n1" }] },
      })),
      says: "container users has the capabilities SYS_ADMIN, NET_ADMIN: leave them out",
    },
    {
      ...TASK,
      change: inContainers((container) => ({ ...container, linuxParameters: { devices: [{ hostPath: "/dev/mem" }] } })),
      says: "container users has the device /dev/mem of the instance: leave it out",
    },
  ],
  "roles-are-apart": [
    {
      ...TASK,
      change: ({ executionRoleArn, ...inputs }) => ({ ...inputs, executionRoleArn, taskRoleArn: executionRoleArn }),
      says: "executionRoleArn and taskRoleArn are the same role",
    },
    {
      ...TASK,
      change: set({ taskRoleArn: undefined }),
      says: "executionRoleArn or taskRoleArn is missing: the instance's role would be used instead",
    },
  ],
  "logs-are-kept-for-a-time": [
    {
      resource: "users-logs",
      type: "aws:cloudwatch/logGroup:LogGroup",
      change: set({ retentionInDays: 0 }),
      says: "retentionInDays is 0: set a number of days",
    },
  ],
  "load-balancers-log": [
    {
      ...LOAD_BALANCER,
      change: set({ accessLogs: { bucket: "logs", enabled: false } }),
      says: "accessLogs.enabled is not true: requests would not be recorded",
    },
  ],
  "headers-are-valid": [
    { ...LOAD_BALANCER, change: set({ dropInvalidHeaderFields: false }), says: "dropInvalidHeaderFields is not true" },
    {
      ...LOAD_BALANCER,
      change: set({ desyncMitigationMode: "monitor" }),
      says: "desyncMitigationMode is monitor: wanted defensive or strictest",
    },
  ],
  "tls-is-modern": [
    {
      ...HTTPS,
      change: set({ sslPolicy: "ELBSecurityPolicy-2016-08" }),
      says: "sslPolicy is ELBSecurityPolicy-2016-08: wanted one with TLS 1.2 and 1.3 only",
    },
    {
      resource: "public-blue-http",
      type: HTTPS.type,
      change: set({ defaultActions: [{ type: "forward" }] }),
      says: "protocol is HTTP and requests are not redirected: serve them by HTTPS",
    },
  ],
  "rights-are-narrow": [
    { ...RIGHTS, change: allowing({ Action: "*" }), says: "statement Own allows *: name the actions" },
    {
      ...RIGHTS,
      change: allowing({ Action: ["s3:*"], Resource: "arn:aws:s3:::users/*" }),
      says: "statement Own allows s3:*: name the actions",
    },
    {
      ...RIGHTS,
      change: allowing({ Action: "s3:GetObject" }),
      says: "statement Own allows s3:GetObject on every resource: name the resources, or the tags that they have",
    },
    {
      ...RIGHTS,
      change: allowing({ Action: undefined, NotAction: "iam:*" }),
      says: "statement Own has NotAction, which allows all the rest: name the actions",
    },
    {
      ...RIGHTS,
      change: allowing({ Action: "s3:Get?bject", Resource: "arn:aws:s3:::users/*" }),
      says: "statement Own allows s3:Get?bject: name the actions",
    },
    {
      ...ROLE,
      change: set({ managedPolicyArns: [ADMINISTRATOR] }),
      says: `${ADMINISTRATOR} is attached: AWS says what it allows, and may change it; write a policy that names actions and resources`,
    },
    {
      ...ROLE,
      change: set({
        inlinePolicies: [{ policy: '{"Statement": {"Sid": "In", "Effect": "Allow", "Action": "iam:*"}}' }],
      }),
      says: "statement In allows iam:*: name the actions",
    },
  ],
  "nobody-is-everybody": [
    {
      resource: "access-logs-policy",
      type: "aws:s3/bucketPolicy:BucketPolicy",
      change: inDocument("policy", (statement) => ({ ...statement, Principal: { AWS: "*" } })),
      says: "statement LoadBalancersWrite admits everybody: name who may",
    },
    {
      ...ROLE,
      change: inDocument("assumeRolePolicy", (statement) => ({ ...statement, Principal: "*" })),
      says: "statement  admits everybody: name who may",
    },
  ],
  "tokens-name-jobs": [
    {
      ...ROLE,
      change: inDocument("assumeRolePolicy", (statement) => ({ ...statement, Condition: {} })),
      says: "aud is not checked by StringEquals",
    },
    {
      ...ROLE,
      change: inDocument("assumeRolePolicy", (statement) => ({
        ...statement,
        Condition: {
          StringEquals: { "github:aud": "sts.amazonaws.com" },
          StringLike: { "github:sub": "repo:example/*" },
        },
      })),
      says: "sub is not checked by StringEquals",
    },
  ],
};

describe("policies over single resources", () => {
  let world: World;

  before(async () => {
    const green = { release: V1, size: 2 };
    const users = { ...STATES.flipped, colours: { ...STATES.flipped.colours, green } };
    world = await declare({
      services: { users, mailer: users, report: users },
      settings: { mailer: { kind: "worker", queue: true }, report: { kind: "job", schedule: "rate(1 hour)" } },
      config: { ci: { repository: "example/shop" }, databases: { main: {} } },
    });
  });

  const resourceOf = ({ resource, type }: Violation): DeclaredResource => {
    const found = world.resources.find((each) => each.name === resource && each.type === type);
    expect(found, `${type} ${resource}`).not.to.equal(undefined);
    return found!;
  };

  it("have a violation each", () => {
    expect(Object.keys(VIOLATIONS).sort()).to.deep.equal(RULES.map(({ name }) => name).sort());
  });

  for (const rule of RULES) {
    for (const violation of VIOLATIONS[rule.name] ?? []) {
      it(`${rule.name}: ${violation.says}`, () => {
        const resource = resourceOf(violation);
        expect(rule.types).to.include(resource.type);
        expect(rule.check(resource), "before the change").to.deep.equal([]);
        expect(rule.check({ ...resource, inputs: violation.change(resource.inputs) })).to.include(violation.says);
      });
    }
  }

  it("hold of everything that the program declares, a job among it", () => {
    const violations = RULES.flatMap((rule) =>
      world.resources
        .filter(({ type }) => rule.types.includes(type))
        .flatMap((resource) => rule.check(resource).map((says) => `${resource.name}: ${rule.name}: ${says}`)),
    );
    expect(violations).to.deep.equal([]);
  });

  it("let a policy be attached that the program declares, and none of AWS's own", () => {
    const rule = RULES.find(({ name }) => name === "rights-are-narrow")!;
    for (const type of [
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:iam/policyAttachment:PolicyAttachment",
    ]) {
      expect(rule.types).to.include(type);
      const check = (policyArn: string) => rule.check({ type, name: "attached", inputs: { policyArn } });
      expect(check(ADMINISTRATOR)).to.have.length(1);
      expect(check("arn:aws:iam::123456789012:policy/own")).to.deep.equal([]);
    }
  });

  it("let an action be on everything where IAM knows no narrower one, or where tags bound it", () => {
    const rule = RULES.find(({ name }) => name === "rights-are-narrow")!;
    const resource = resourceOf({ ...RIGHTS, change: (inputs) => inputs, says: "" });
    const check = (changes: Inputs) => rule.check({ ...resource, inputs: allowing(changes)(resource.inputs) });
    expect(check({ Action: ["ecr:GetAuthorizationToken", "ec2:Describe*"] })).to.deep.equal([]);
    expect(check({ Action: "s3:*", Effect: "Deny" })).to.deep.equal([]);
    const byTag = { StringEquals: { "aws:ResourceTag/stack": "prod" } };
    expect(check({ Action: "autoscaling:PutScalingPolicy", Condition: byTag })).to.deep.equal([]);
  });
});
