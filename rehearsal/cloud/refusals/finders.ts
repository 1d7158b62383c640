import type { Services } from "../create-services";
import { MANAGED_POLICIES } from "../services/iam/model/managed-policies";
import type { Finders, Look, Referred } from "./reference";

/** Returns how each kind of resource is found in the services of a cloud. */
export function findersOf(services: Services): Finders {
  const { acm, autoScaling, ec2, ecr, ecs, elb, iam, lambda, rds, route53, s3, scheduler, sqs, wafv2 } = services;
  const { network, launchTemplates } = ec2.model;
  const inNoVpc = (found: unknown): Referred | undefined => (found ? {} : undefined);
  const inVpc = (found: { vpcId?: string | null | undefined } | undefined): Referred | undefined =>
    found && { vpcId: found.vpcId || undefined };
  const loadBalancer = (arn: string) => inVpc(elb.model.loadBalancers.find(arn));
  return {
    autoScalingGroup: (nameOrArn) =>
      inNoVpc(autoScaling.model.groups.find(({ name, arn }) => [name, arn].includes(nameOrArn))),
    bucket: (name) => inNoVpc(s3.model.find(name)),
    capacityProvider: (name) => inNoVpc(ecs.model.capacityProviders.find(name)),
    certificate: (arn) => inNoVpc(acm.model.find(arn)),
    databaseParameterGroup: (name) => inNoVpc(rds.model.parameterGroups.find(name)),
    databaseSubnetGroup: (name) => inVpc(rds.model.subnetGroups.find(name)),
    function: (name) => inVpc(lambda.model.find(name)),
    cluster: (name) => inNoVpc(ecs.model.findCluster(name)),
    elasticAddress: (id) => inNoVpc(network.addresses.find(id)),
    hostedZone: (id) => inNoVpc(route53.model.find(id)),
    instanceProfile: (nameOrArn) => inNoVpc(iam.model.instanceProfiles.find(nameOrArn)),
    internetGateway: (id) => inVpc(network.internetGateways.find(id)),
    launchTemplate: (idOrName) => inNoVpc(launchTemplates.all.find(({ id, name }) => [id, name].includes(idOrName))),
    listener: (arn) => {
      const found = elb.model.listeners.find(arn);
      return found && loadBalancer(found.loadBalancerArn);
    },
    loadBalancer,
    managedPolicy: (arn) => inNoVpc(iam.model.policies.find(arn) ?? MANAGED_POLICIES[arn] ?? isManagedByAws(arn)),
    natGateway: (id) => inVpc(network.natGateways.find(id)),
    prefixList: (id) => inNoVpc(network.endpoints.withPrefixList(id)),
    queue: (url) => inNoVpc(sqs.model.findByUrl(url)),
    repository: (name) => inNoVpc(ecr.model.findRepository(name)),
    role: (name) => inNoVpc(iam.model.roles.find(name)),
    roleArn: (arn) => inNoVpc(iam.model.roles.findByArn(arn)),
    routeTable: (id) => inVpc(network.routeTables.find(id)),
    scheduleGroup: (name) => inNoVpc(scheduler.model.findGroup(name)),
    securityGroup: (id) => inVpc(network.securityGroups.find(id)),
    subnet: (id) => inVpc(network.subnets.find(id)),
    targetGroup: (arn) => inVpc(elb.model.targetGroups.find(arn)),
    taskDefinition: (reference) => inNoVpc(ecs.model.taskDefinitions.find(reference)),
    vpc: (id) => (network.vpcs.find(id) ? { vpcId: id } : undefined),
    webAcl: (arn) => inNoVpc(wafv2.model.exists(arn)),
  };
}

/** Returns how the references inside of values are read. */
export function lookInto({ ec2 }: Services, accountId: string): Look {
  const { launchTemplates } = ec2.model;
  return {
    accountId,
    template: (idOrName) => {
      const found = launchTemplates.all.find(({ id, name }) => [id, name].includes(idOrName));
      return found && launchTemplates.resolve(found.id, "$Latest");
    },
  };
}

/** AWS's own policies exist, whether the rehearsal knows what they allow or not; IAM's model says so. */
function isManagedByAws(arn: string): boolean {
  return arn.startsWith("arn:aws:iam::aws:policy/");
}
