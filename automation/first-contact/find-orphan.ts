import type { ExportedResource } from "../stack/exported-state";

/** Resources without a name of their own, by the beginning of the last part of their ARN; the ID is the rest. */
const BY_ID: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": "vpc/",
  "aws:ec2/subnet:Subnet": "subnet/",
  "aws:ec2/internetGateway:InternetGateway": "internet-gateway/",
  "aws:ec2/routeTable:RouteTable": "route-table/",
  "aws:ec2/eip:Eip": "elastic-ip/",
  "aws:ec2/natGateway:NatGateway": "natgateway/",
  "aws:ec2/securityGroup:SecurityGroup": "security-group/",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "security-group-rule/",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "security-group-rule/",
  "aws:ec2/launchTemplate:LaunchTemplate": "launch-template/",
  "aws:ec2/flowLog:FlowLog": "vpc-flow-log/",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpc-endpoint/",
};

/** Resources whose ID is their ARN, by the beginning of the last part. */
const BY_ARN: Readonly<Record<string, string>> = {
  "aws:lb/loadBalancer:LoadBalancer": "loadbalancer/",
  "aws:lb/targetGroup:TargetGroup": "targetgroup/",
  "aws:lb/listener:Listener": "listener/",
  "aws:lb/listenerRule:ListenerRule": "listener-rule/",
  "aws:acm/certificate:Certificate": "certificate/",
  "aws:ecs/cluster:Cluster": "cluster/",
  "aws:ecs/capacityProvider:CapacityProvider": "capacity-provider/",
};

/** Resources whose ID follows from what the engine has chosen before it creates them: values of their inputs. */
const BY_INPUTS: Readonly<Record<string, { inputs: readonly string[]; between: string }>> = {
  "aws:s3/bucket:Bucket": { inputs: ["bucket"], between: "" },
  "aws:cloudwatch/logGroup:LogGroup": { inputs: ["name"], between: "" },
  "aws:ecr/repository:Repository": { inputs: ["name"], between: "" },
  "aws:iam/role:Role": { inputs: ["name"], between: "" },
  "aws:iam/rolePolicy:RolePolicy": { inputs: ["role", "name"], between: ":" },
  "aws:iam/instanceProfile:InstanceProfile": { inputs: ["name"], between: "" },
  "aws:autoscaling/group:Group": { inputs: ["name"], between: "" },
  "aws:route53/record:Record": { inputs: ["zoneId", "name", "type"], between: "_" },
};

/**
 * Returns the ID of a resource that an interrupted create may have made; null if there is none, or nothing tells it.
 * Which of several resources of a type it is does not matter to somebody who deletes all of them.
 * @param tagged ARNs of all resources with the stack's tags
 * @param known the resources of the state
 * @param taken IDs that were returned before
 */
export function findOrphan(
  { type, inputs = {} }: Pick<ExportedResource, "type" | "inputs">,
  tagged: readonly string[],
  known: readonly Pick<ExportedResource, "id">[],
  taken: ReadonlySet<string>,
): string | null {
  const byInputs = BY_INPUTS[type];
  if (byInputs) {
    const values = byInputs.inputs.map((key) => inputs[key]);
    return values.every((value) => typeof value === "string") ? values.join(byInputs.between) : null;
  }
  const isFree = (id: string) => !taken.has(id) && !known.some((resource) => resource.id === id);
  const kind = BY_ID[type] ?? BY_ARN[type];
  if (kind === undefined) return null;
  const found = tagged.filter((arn) => resourceOf(arn).startsWith(kind));
  const ids = type in BY_ID ? found.map((arn) => resourceOf(arn).slice(kind.length)) : found;
  return ids.find(isFree) ?? null;
}

/** Returns the last part of an ARN, such as `vpc/vpc-0123456789abcdef0`. */
function resourceOf(arn: string): string {
  return arn.split(":").slice(5).join(":");
}
