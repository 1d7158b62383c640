import { additions } from "./declared";
import type { DeclaredResource, World } from "./world";

/** Worlds to compare, which shows when a resource exists. */
export interface TableWorlds {
  /** `routed`, both colours with a release, one service. */
  full: World;
  /** `full` with two services. */
  twoServices: World;
  /** Before the first release. */
  start: World;
  dns: World;
  /** `full`, with users on both edges. */
  internal: World;
  /** `internal`, with doodle, which calls users. */
  calling: World;
  /** `calling`, but doodle calls nobody. */
  silent: World;
  /** Only a worker with a queue, otherwise as in `full`. */
  worker: World;
  /** `full`, where users has every setting that adds resources: secrets, iam, migrate, egress, a size range. */
  rich: World;
  /** `full`, with roles for CI and flow logs. */
  guarded: World;
}

/** Inputs that show what a resource is for; the code has the rest. */
const SHOWN: Record<string, readonly string[]> = {
  "aws:acm/certificate:Certificate": ["domainName", "subjectAlternativeNames"],
  "aws:autoscaling/group:Group": ["minSize", "maxSize", "targetGroupArns", "healthCheckType"],
  "aws:autoscaling/policy:Policy": ["policyType", "targetTrackingConfiguration"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "retentionInDays"],
  "aws:ec2/flowLog:FlowLog": ["trafficType", "logDestination"],
  "aws:ec2/launchTemplate:LaunchTemplate": ["imageId", "instanceType", "monitoring"],
  "aws:ec2/natGateway:NatGateway": ["subnetId"],
  "aws:ec2/route:Route": ["destinationCidrBlock", "gatewayId", "natGatewayId"],
  "aws:ec2/securityGroup:SecurityGroup": ["description"],
  "aws:ec2/subnet:Subnet": ["availabilityZone", "cidrBlock"],
  "aws:ec2/vpc:Vpc": ["cidrBlock"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceName"],
  "aws:ecr/repository:Repository": ["name", "imageTagMutability"],
  "aws:ecs/capacityProvider:CapacityProvider": ["name", "autoScalingGroupProvider"],
  "aws:ecs/cluster:Cluster": ["name"],
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": ["capacityProviders"],
  "aws:ecs/service:Service": ["schedulingStrategy", "launchType"],
  "aws:ecs/taskDefinition:TaskDefinition": ["family", "networkMode", "cpu", "memory"],
  "aws:iam/instanceProfile:InstanceProfile": ["role"],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ["url"],
  "aws:iam/role:Role": ["assumeRolePolicy"],
  "aws:iam/rolePolicy:RolePolicy": ["role"],
  "aws:lb/listener:Listener": ["port", "protocol", "sslPolicy"],
  "aws:lb/listenerRule:ListenerRule": ["conditions", "actions"],
  "aws:lb/loadBalancer:LoadBalancer": ["internal", "enableDeletionProtection"],
  "aws:lb/targetGroup:TargetGroup": ["name", "port"],
  "aws:route53/record:Record": ["name", "type", "aliases"],
  "aws:route53/zone:Zone": ["name", "vpcs"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ["rules"],
  "aws:sqs/queue:Queue": ["name", "visibilityTimeoutSeconds"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["fromPort", "cidrIpv4", "referencedSecurityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["fromPort", "cidrIpv4", "referencedSecurityGroupId"],
};

/** The page `docs/resources.md`. */
export function resourcePage(worlds: TableWorlds): string {
  const { full, twoServices, start, dns, internal, calling, silent, worker, rich, guarded } = worlds;
  const perService = twoServices.resources.length - full.resources.length;
  const own = new Set(ofService(full, "users"));
  const shared = full.resources.filter((resource) => !own.has(resource));
  const internalOwn = ofService(internal, "users").filter((resource) => !has(full, resource));
  const internalShared = additions(full, internal).filter((resource) => !internalOwn.includes(resource));
  const workers = ofService(worker, "mailer");
  const when = (resource: DeclaredResource) => {
    if (!has(start, resource)) return "from the first release on";
    return has(dns, resource) ? "always" : "`cutover: routed`";
  };
  return `# Every AWS resource

Generated from the program by \`UPDATE_DOCS=1 npx mocha test/components/resource-table.test.ts\`; a test fails when it is out of date. The example has the stack
\`prod\`, the domain \`example.jp\`, two zones, one NAT gateway and one service, \`users\`, with green active.

${full.resources.length} resources in all: ${shared.length} that all services share and ${own.size} of the service; ${start.resources.length} before its first release, ${dns.resources.length} with
\`cutover: dns\`. Each further service adds ${perService} with its first release. The hosted zone is not included, because it exists before the stack.
The internal edge adds ${internalShared.length} for all and ${internalOwn.length} for each service on it, and a declared call adds ${calling.resources.length - silent.resources.length}. A worker with a queue has ${workers.length}.
In an [existing VPC](existing-network.md) the ${shared.filter(({ name }) => /^(?:network-|com\.amazonaws)/.test(name)).length} of the network are not made.

Adding a service to the settings creates these resources and changes no others; removing it deletes them and changes no others. (The internal edge is
created with the first service on it and deleted with the last.) The names of a removed service are deleted first, then its instances, then rules, target
groups and the rest.

A deploy creates a task definition (and the first one of a service those and the ECS services of both colours), and changes sizes of Auto Scaling groups, actions of listener rules
and targets of records; a scaling policy moves to the colour that becomes active. It changes nothing else while the settings stay as they are. A running
service gets new settings with its next release. A deploy neither gives nor takes rights (calls, queues, \`egress\`, secrets, \`iam\`): added ones come with
\`pulumi up\`, and those that no colour's release needs any more end with the first \`pulumi up\` after that.

## Shared: network, certificate, logs, deploys, public edge

${table(shared)}

## One service

${table([...own], when)}

## Shared: internal edge

They exist once a service has \`exposure: [internal]\`.

${table(internalShared)}

## One service on the internal edge

They come with \`exposure: [internal]\`. A service on no other edge has none of the rules, target groups and records above.

${table(internalOwn)}

## A call

They come with \`calls: [users]\` in \`doodle\`.

${table(additions(silent, calling))}

## A worker

With \`queue: true\` and green active. Without a queue it has neither the queues nor \`mailer-code\`.

${table(workers)}

## What settings add to a service

\`secrets\` adds the policy of the execution role; \`iam\` and \`sends\` add that of the task role; \`migrate\` adds a task definition for each colour with a
release; a size range adds the scaling policy of the active colour; \`egress\` adds a rule of the security group for each place.

${table(additions(full, rich))}

## Roles for CI, and flow logs

They come with \`aoshingo:ci\` ([how](ci.md)) and \`network.flowLogs\`.

${table(additions(full, guarded))}
`;
}

function table(resources: DeclaredResource[], when?: (resource: DeclaredResource) => string): string {
  const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const head = ["name", "type", ...(when ? ["exists"] : []), "inputs that matter"];
  const rows = resources.map((resource) => [
    `\`${resource.name}\``,
    `\`${className(resource.type)}\``,
    ...(when ? [when(resource)] : []),
    shownInputs(resource),
  ]);
  return [head, head.map(() => "---"), ...rows].map(row).join("\n");
}

/** Resources with the service's name as a part of their own. */
function ofService({ resources }: World, service: string): DeclaredResource[] {
  return resources.filter(({ name }) => new RegExp(`(^|-)${service}([-.]|$)`).test(name));
}

function has(world: World, { type, name }: DeclaredResource): boolean {
  return world.resources.some((other) => other.type === type && other.name === name);
}

/** `aws:lb/targetGroup:TargetGroup` is `aws.lb.TargetGroup` in the code. */
function className(token: string): string {
  const [, module = "", name = ""] = token.split(":");
  return `aws.${module.split("/")[0]}.${name}`;
}

function shownInputs({ type, inputs }: DeclaredResource): string {
  return (SHOWN[type] ?? [])
    .filter((key) => inputs[key] !== undefined && !(Array.isArray(inputs[key]) && inputs[key].length === 0))
    .map((key) => (key === "assumeRolePolicy" ? trustText(inputs[key]) : `${key} ${text(inputs[key])}`))
    .join(", ");
}

function trustText(policy: unknown): string {
  const { Service, Federated } = JSON.parse(String(policy)).Statement[0].Principal;
  return `for \`${Service ?? Federated}\``;
}

/** A value without JSON's punctuation; nested values are in round brackets. */
function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(" and ");
  if (typeof value !== "object" || value === null) return `\`${String(value)}\``;
  const entries = Object.entries(value).filter(([key, inner]) => inner !== undefined && key !== "type");
  return entries.length === 1
    ? text(entries[0]![1])
    : `(${entries.map(([key, inner]) => `${key} ${text(inner)}`).join(", ")})`;
}
