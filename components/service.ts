import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { Colour, HOST_PORT } from "./colour";
import { COLOURS, type Colour as ColourName } from "./colour-name";
import type { Edge } from "./edge";
import { productionHost, testHost } from "./host-names";
import type { LiveService } from "./live";
import type { Network } from "./network";
import type { ColourOutputs, ServiceOutputs, Wrapped } from "./outputs";
import { Registry } from "./registry";
import { Roles } from "./roles";
import { Routing } from "./routing";
import type { ServiceSettings, Settings } from "./settings";
import type { Tags } from "./tags";

const HTTPS = 443;

export interface ServiceArgs {
  account: Account;
  network: Network;
  edge: Edge;
  zoneId: pulumi.Input<string>;
  service: ServiceSettings;
  /** Those that all services share. */
  settings: Pick<Settings, "domain" | "cutover" | "network" | "deletionProtection">;
  live: LiveService;
  /** Live state after the last run: a colour that had instances then is not given new settings. */
  previous: LiveService;
  tags: Tags;
}

/**
 * One microservice on an edge: image repository, roles, logs, security group, its part of the routing, and two colours. Everything that the deploy
 * script has to know of it is in `outputs`.
 *
 * Cost: see Colour and Registry; logs 0.76 USD for each GB written in ap-northeast-1 (aws.amazon.com/cloudwatch/pricing).
 */
export class Service extends pulumi.ComponentResource {
  readonly outputs: Wrapped<ServiceOutputs>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:service:Service", name, {}, opts);

    const tags = { ...args.tags, service: name };
    const hosts = {
      production: productionHost(name, args.settings.domain),
      test: testHost(name, args.settings.domain),
    };
    const clusterNames = {
      blue: `${args.account.project}-${args.account.stack}-${name}-blue`,
      green: `${args.account.project}-${args.account.stack}-${name}-green`,
    };

    const registry = new Registry(
      name,
      { account: args.account, service: name, deletionProtection: args.settings.deletionProtection, tags },
      { parent: this },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        name: `/${args.account.project}/${args.account.stack}/${name}`,
        retentionInDays: args.service.logRetentionDays,
        tags,
      },
      { parent: this },
    );
    const roles = new Roles(
      name,
      {
        account: args.account,
        clusterNames: Object.values(clusterNames),
        repositoryArn: registry.repository.arn,
        logGroupArn: logGroup.arn,
        tags,
      },
      { parent: this },
    );
    const security = createSecurityGroup(this, name, args, tags);
    const routing = new Routing(
      name,
      {
        edge: args.edge,
        cutover: args.settings.cutover,
        active: args.live.active,
        productionHost: hosts.production,
        testHost: hosts.test,
        zoneId: args.zoneId,
        vpcId: args.network.vpcId,
        targetPort: HOST_PORT,
        healthCheck: args.service.healthCheck,
        deregistrationDelaySeconds: args.service.deregistrationDelaySeconds,
        identity: [args.account.project, args.account.stack, args.settings.network.cidr, args.edge.name],
        tags,
      },
      { parent: this },
    );
    const createColour = (colour: ColourName) =>
      new Colour(
        `${name}-${colour}`,
        {
          account: args.account,
          service: name,
          colour,
          clusterName: clusterNames[colour],
          live: args.live.colours[colour],
          frozen: args.previous.colours[colour].size > 0,
          settings: args.service,
          subnetIds: args.network.privateSubnetIds,
          securityGroupId: security.group.id,
          targetGroups: Object.values(routing.targetGroups[colour]),
          roles,
          logGroupName: logGroup.name,
          bootAfter: [...routing.rules, ...roles.policies, ...security.rules],
          tags: { ...tags, colour },
        },
        { parent: this },
      );
    const colours = { blue: createColour("blue"), green: createColour("green") };

    this.outputs = {
      edge: args.edge.name,
      url: `https://${hosts.production}`,
      testUrl: `https://${hosts.test}`,
      zoneId: args.zoneId,
      repository: { url: registry.repository.repositoryUrl, name: registry.repository.name },
      healthCheckPath: args.service.healthCheck.path,
      colours: {
        blue: colourOutputs(colours.blue, routing.targetGroups.blue),
        green: colourOutputs(colours.green, routing.targetGroups.green),
      },
    };
    this.registerOutputs({ url: this.outputs.url, testUrl: this.outputs.testUrl });
  }
}

/** Instances take requests from the edge's load balancers only, and call out by HTTPS only (ECS, ECR, logs, others' APIs). */
function createSecurityGroup(parent: Service, name: string, args: ServiceArgs, tags: Tags) {
  const group = new aws.ec2.SecurityGroup(
    `${name}-instances`,
    { vpcId: args.network.vpcId, description: `Instances of ${name}`, tags },
    { parent },
  );
  const port = { ipProtocol: "tcp", fromPort: HOST_PORT, toPort: HOST_PORT };
  const fromEdge = new aws.vpc.SecurityGroupIngressRule(
    `${name}-from-${args.edge.name}`,
    {
      ...port,
      securityGroupId: group.id,
      referencedSecurityGroupId: args.edge.securityGroupId,
      description: `Requests and health checks of the ${args.edge.name} edge`,
      tags,
    },
    { parent },
  );
  // Groups that the provider makes let nothing out by themselves.
  const edgeTo = new aws.vpc.SecurityGroupEgressRule(
    `${args.edge.name}-to-${name}`,
    {
      ...port,
      securityGroupId: args.edge.securityGroupId,
      referencedSecurityGroupId: group.id,
      description: `Requests and health checks to ${name}`,
      tags,
    },
    { parent },
  );
  const toHttps = new aws.vpc.SecurityGroupEgressRule(
    `${name}-to-https`,
    {
      securityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      cidrIpv4: "0.0.0.0/0",
      description: "ECS, ECR, logs and other APIs",
      tags,
    },
    { parent },
  );
  return { group, rules: [fromEdge, edgeTo, toHttps] };
}

function colourOutputs(colour: Colour, targetGroups: Partial<Record<ColourName, aws.lb.TargetGroup>>) {
  const arns = COLOURS.flatMap((side) => {
    const group = targetGroups[side];
    return group ? [[side, group.arn] as const] : [];
  });
  return {
    cluster: colour.clusterName,
    ecsService: colour.ecsServiceName,
    autoScalingGroup: colour.autoScalingGroupName,
    taskDefinition: colour.taskDefinitionArn,
    targetGroups: Object.fromEntries(arns),
  } satisfies Wrapped<ColourOutputs>;
}
