import * as pulumi from "@pulumi/pulumi";
import type { Live, LiveService } from "../../components/live/live";
import type { ProgramOutputs, StackState } from "../../components/live/outputs";
import { readState, stateText } from "../../components/live/stack-state";
import type { Cutover } from "../../components/settings/settings";
import wholeProgram from "../../index";
import { Vpc } from "../../rehearsal/awsx/vpc";
import { parseVpcArgs } from "../../rehearsal/awsx/vpc-args";
import { known } from "./known";

const AWSX_VPC = "awsx:ec2:Vpc";
const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users@sha256:${"a".repeat(64)}`;

const SECRETS = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret";

export const V1 = { image: IMAGE, name: "v1" };
const EMPTY = { release: null, size: 0 };
/** Live states: before the first release; green warm; blue active with green warm; green active. */
export const STATES = {
  start: { active: "blue", colours: { blue: EMPTY, green: EMPTY } },
  warm: { active: "blue", colours: { blue: EMPTY, green: { release: V1, size: 2 } } },
  second: { active: "blue", colours: { blue: { release: V1, size: 2 }, green: { release: V1, size: 2 } } },
  flipped: { active: "green", colours: { blue: EMPTY, green: { release: V1, size: 2 } } },
} satisfies Record<string, LiveService>;

export interface DeclaredResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface World {
  /** Resources of providers, without components, sorted by type and name. */
  resources: DeclaredResource[];
  /** The inputs that the engine leaves as they were, by `type name` of their resource (`ignoreChanges`). */
  ignored: ReadonlyMap<string, readonly string[]>;
  /** The stack's outputs as the program writes them. */
  written: ProgramOutputs;
  /** The same as a deploy and the next run read them. */
  outputs: StackState & { live: Live };
}

export interface WorldOptions {
  /** Default: the project's own. */
  program?: typeof wholeProgram;
  /** Name of the stack. Default: `prod`. */
  stack?: string;
  /** Live state of each service. */
  services: Record<string, LiveService>;
  cutover?: Cutover;
  /** Settings of services; a service that is not named here has `{ kind: "api" }`. */
  settings?: Record<string, object>;
  deletionProtection?: boolean;
  /** Settings of the network that differ from the defaults. */
  network?: object;
  /** Further settings of the stack, such as `{ ci: {...} }`; they override those above. */
  config?: Record<string, unknown>;
  /** Config of other namespaces, by whole key, such as `aws:profile`. */
  otherConfig?: Record<string, string>;
  /** What the stack's last run left, besides the same live state. */
  last?: Partial<StackState>;
  /** What the last run's live state has of services that the settings have no more. */
  removed?: Live["services"];
}

/**
 * Declares the program's resources with Pulumi's mocks, and the children of the awsx component as the stand-in
 * declares them. It shows names, types, inputs and which of these are ignored; dependencies and other options are not visible here.
 */
export async function declare(options: WorldOptions): Promise<World> {
  const {
    program = wholeProgram,
    services,
    cutover = "routed",
    settings = {},
    deletionProtection = true,
    config = {},
    last = {},
    removed = {},
  } = options;
  const seen: DeclaredResource[] = [];
  const live: Live = { serial: 4, services: { ...removed, ...services } };
  pulumi.runtime.setAllConfig({
    "aws:region": "ap-northeast-1",
    "aoshingo:domain": "example.jp",
    "aoshingo:cutover": cutover,
    "aoshingo:deletionProtection": String(deletionProtection),
    ...(options.network && { "aoshingo:network": JSON.stringify(options.network) }),
    "aoshingo:services": JSON.stringify(
      Object.fromEntries(Object.keys(services).map((name) => [name, settings[name] ?? { kind: "api" }])),
    ),
    ...Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        `aoshingo:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    ...options.otherConfig,
  });
  const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
    if (type === "pulumi:pulumi:StackReference")
      return { id: name, state: { outputs: { live, state: stateText(last) } } };
    seen.push({ type, name, inputs });
    return { id: `${name}-id`, state: { ...stateOf(type, name, inputs), ...inputs } };
  };
  await pulumi.runtime.setMocks({ newResource, call }, "aoshingo", options.stack ?? "prod", false, "organization");
  const ignored = ignoredInputs();
  const written = await known(pulumi.output(await program()) as pulumi.Output<ProgramOutputs>);
  const vpc = seen.find(({ type }) => type === AWSX_VPC);
  if (vpc) new Vpc(vpc.name, parseVpcArgs(vpc.inputs)).build();
  await pulumi.runtime.disconnect();
  const resources = seen.filter(({ type }) => type.startsWith("aws:"));
  resources.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  const outputs = { live: written.live, ...(readState({ ...written }) as StackState) };
  return { resources, ignored, written, outputs };
}

/** Fills a map with what the next resources ignore. Mocks are not told. */
function ignoredInputs(): World["ignored"] {
  const ignored = new Map<string, readonly string[]>();
  const monitor = pulumi.runtime.getMonitor()!;
  const register = monitor.registerResource.bind(monitor) as (...args: [Registration, ...unknown[]]) => unknown;
  monitor.registerResource = (...args: unknown[]) => {
    const [request] = args as [Registration];
    const paths = request.getIgnorechangesList();
    if (paths.length > 0) ignored.set(`${request.getType()} ${request.getName()}`, paths);
    return register(...(args as [Registration])) as never;
  };
  return ignored;
}

interface Registration {
  getType(): string;
  getName(): string;
  getIgnorechangesList(): string[];
}

/** Value of every SSM parameter but `/weak`. */
export const PREVIEW_KEY = "preview-key-0123456789";

interface Looked {
  id?: string;
  subnetId?: string;
  vpcId?: string;
}

/** An existing network as AWS has it: public subnets have an odd id and the main route table, private ones an even id. */
const EXISTING: Record<string, (inputs: Looked) => Record<string, unknown> | Error | undefined> = {
  "aws:route53/getZone:getZone": ({ vpcId }) =>
    vpcId ? new Error("no matching Route 53 Hosted Zone found") : undefined,
  "aws:ec2/getVpc:getVpc": () => ({ enableDnsSupport: true, enableDnsHostnames: true }),
  "aws:ec2/getInternetGateway:getInternetGateway": () => ({ internetGatewayId: "igw-1" }),
  "aws:ec2/getNatGateway:getNatGateway": () => ({ state: "available" }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({
    vpcId: "vpc-00000001",
    availabilityZone: `ap-northeast-1${["a", "c", "d"][Math.floor((Number(id!.at(-1)) - 1) / 2)]}`,
    cidrBlock: "10.0.0.0/24",
    availableIpAddressCount: 200,
  }),
  "aws:ec2/getRouteTable:getRouteTable": ({ subnetId }) => {
    const isPrivate = Number(subnetId?.at(-1) ?? 1) % 2 === 0;
    if (subnetId && !isPrivate) return new Error("query returned no results");
    const target = isPrivate ? { natGatewayId: "nat-1" } : { gatewayId: "igw-1" };
    return { routeTableId: "rtb-1", routes: [{ cidrBlock: "0.0.0.0/0", ...target }] };
  },
};

/** A security group that AWS does not have. Others are in the VPC whose id ends as theirs. */
export const NO_GROUP = "sg-00000000";

/** A secret is encrypted with the key that its name names, and missing if its name says so. */
function secretOf({ name, arn }: { name?: string; arn?: string }) {
  if (name?.includes("missing")) missing("couldn't find resource");
  return { arn: arn ?? `${SECRETS}:${name}-AbCdEf`, kmsKeyId: name?.includes("key") ? "1234abcd" : "" };
}

/** Repositories that the account has besides the stack's own: their tags by name. */
export const ACCOUNT_REPOSITORIES = new Map<string, Record<string, string>>();

function repositoryOf(name: string) {
  const tags = ACCOUNT_REPOSITORIES.get(name);
  if (!tags) missing(`reading ECR Repository (${name}): couldn't find resource`);
  return { arn: `arn:aws:ecr:ap-northeast-1:123456789012:repository/${name}`, tags };
}

type TagsOrState = Record<string, string> | "INACTIVE" | "denied";

/** Clusters that the account has besides the stack's own: their tags by name, or why there are none. */
export const ACCOUNT_CLUSTERS = new Map<string, TagsOrState>();

function clusterOf(name: string) {
  const found = ACCOUNT_CLUSTERS.get(name);
  if (found === "denied") missing("AccessDeniedException");
  if (found === undefined) missing(`reading ECS Cluster (${name}): couldn't find resource`);
  return found === "INACTIVE" ? { status: found, tags: {} } : { status: "ACTIVE", tags: found };
}

/** Queues that the account has besides the stack's own: their tags by name. */
export const ACCOUNT_QUEUES = new Map<string, Record<string, string>>();

function queueOf(name: string) {
  const tags = ACCOUNT_QUEUES.get(name);
  if (!tags) missing(`reading SQS Queue (${name}) URL: QueueDoesNotExist: The specified queue does not exist.`);
  return { url: `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`, tags };
}

/** Numbers of instances that Auto Scaling has of groups, by name; -1 for one of which it does not say that. */
export const GROUPS = new Map<string, number>();

function groupOf(name: string) {
  const desiredCapacity = GROUPS.get(name);
  if (desiredCapacity === undefined) missing(`reading Auto Scaling Group (${name}): couldn't find resource`);
  if (desiredCapacity < 0) missing("Rate exceeded");
  return { desiredCapacity, vpcZoneIdentifier: "subnet-00000006,subnet-00000004" };
}

function missing(details: string): never {
  throw Object.assign(new Error(details), { details });
}

function call({ token, inputs }: pulumi.runtime.MockCallArgs) {
  const found = EXISTING[token]?.(inputs);
  if (found instanceof Error) throw Object.assign(found, { details: found.message });
  if (found) return found;
  if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: "123456789012" };
  if (token === "aws:route53/getZone:getZone") return { zoneId: "ZONE" };
  if (token === "aws:secretsmanager/getSecret:getSecret") return secretOf(inputs);
  if (token === "aws:autoscaling/getGroup:getGroup") return groupOf(inputs.name);
  if (token === "aws:ecr/getRepository:getRepository") return repositoryOf(inputs.name);
  if (token === "aws:ecs/getCluster:getCluster") return clusterOf(inputs.clusterName);
  if (token === "aws:sqs/getQueue:getQueue") return queueOf(inputs.name);
  if (token === "aws:ec2/getSecurityGroup:getSecurityGroup")
    return inputs.id === NO_GROUP
      ? missing("no matching EC2 Security Group found")
      : { vpcId: `vpc-${String(inputs.id).slice(-8)}` };
  if (token === "aws:ssm/getParameter:getParameter") return { value: inputs.name === "/weak" ? "guess*" : PREVIEW_KEY };
  if (token === "aws:index/getAvailabilityZones:getAvailabilityZones") {
    const ordinary = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
    return { names: inputs.filters ? ordinary : ["ap-northeast-1-tpe-1a", ...ordinary] };
  }
  throw new Error(`the program calls ${token}`);
}

/** Outputs that the program reads; their values name the resource that they come from. */
function stateOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case AWSX_VPC:
      return { vpcId: "vpc", publicSubnetIds: ["public-1", "public-2"], privateSubnetIds: ["private-1", "private-2"] };
    case "aws:acm/certificate:Certificate": {
      const record = {
        resourceRecordName: "_v.example.jp",
        resourceRecordType: "CNAME",
        resourceRecordValue: "_v.aws",
      };
      const names = [inputs.domainName, ...(inputs.subjectAlternativeNames as string[])];
      return { arn: `${name}.arn`, domainValidationOptions: names.map((domainName) => ({ domainName, ...record })) };
    }
    case "aws:rds/instance:Instance":
      return { address: `${name}.rds`, resourceId: `${name}.id`, masterUserSecrets: [{ secretArn: `${name}.master` }] };
    case "aws:lambda/invocation:Invocation":
      return { result: JSON.stringify({ user: "", certificates: "PEM" }) };
    case "aws:route53/zone:Zone":
      return { zoneId: `${name}.zone` };
    default:
      return {
        arn: `${name}.arn`,
        name,
        bucket: name,
        fqdn: inputs.name,
        url: `${name}.url`,
        dnsName: `${name}.elb`,
        arnSuffix: `${name}.suffix`,
        zoneId: "ZONE-OF-ELB",
        repositoryUrl: `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/${String(inputs.name)}`,
        allocationId: `${name}.allocation`,
      };
  }
}
