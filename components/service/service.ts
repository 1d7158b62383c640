import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { COLOURS, type Colour as ColourName } from "../core/colour-name";
import { clusterName, logGroupName } from "../core/names";
import { HOST_PORT } from "../core/ports";
import type { Tags } from "../core/tags";
import { connect } from "../database/connect";
import type { DatabaseUsers, ServiceDatabase } from "../database/database-users";
import { outsideOf } from "../database/place";
import type { Edge } from "../edge/edge";
import { type Grants, unionOf } from "../live/grants";
import { type LiveService, taskSource } from "../live/live";
import type { ColourOutputs, ServiceOutputs, ServiceSummary, TargetGroupOutputs, Wrapped } from "../live/outputs";
import type { ProgramValues } from "../live/program-values";
import type { ReleaseSettings } from "../live/release-settings";
import type { RulePriorities } from "../live/rule-priorities";
import type { Network } from "../network/network";
import { createInstanceSecurity } from "../security/instance-security";
import { outsideName } from "../security/outside-rule";
import { Roles } from "../security/roles";
import type { TestHeader } from "../security/test-header";
import { PASSWORD } from "../settings/database-variables";
import { productionHost } from "../settings/host-names";
import { getsRequest, hostRoutes, recordOwners, routeText } from "../settings/own-hosts";
import type { Exposure, ServiceSettings, Settings } from "../settings/settings";
import { Colour } from "./colour";
import { type Environment, type EnvironmentArgs, environmentOf } from "./environment";
import { createExecLogGroup } from "./exec-log-group";
import { createJob } from "./job";
import type { JobSchedule } from "./job-schedule";
import type { JobsShared } from "./jobs";
import type { Queue } from "./queue";
import { Registry } from "./registry";
import { Routing } from "./routing";
import { SERVICE_TYPE } from "./service-type";

export interface ServiceArgs {
  account: Account;
  network: Network;
  /** Edges of the stack; `internal` only while it exists. */
  edges: Partial<Record<Exposure, Edge>>;
  /** The group of the stack's schedules; undefined without jobs. */
  jobs: JobsShared | undefined;
  /** Queues of all workers that have one, by worker. */
  queues: Readonly<Record<string, Queue>>;
  /** Users that services have in databases; undefined without databases. */
  databaseUsers: DatabaseUsers | undefined;
  /** True if its repository stayed in the account when it was removed from the settings before. */
  hasKeptRepository: boolean;
  service: ServiceSettings;
  /** Settings that all services share. */
  settings: Pick<
    Settings,
    "domain" | "cutover" | "network" | "containerInsights" | "deletionProtection" | "deploy" | "services" | "notify"
  >;
  live: LiveService;
  /** Live state after the last run: a colour that had instances then does not get new settings. */
  previous: LiveService;
  /** True if its idle colour may have another size than `previous` says: an `up` before did not come to its end. */
  isUnsettled: boolean;
  /** Outputs of its colours after the last run; undefined before the first. */
  last: Record<ColourName, ColourOutputs> | undefined;
  /** Whether its clusters were given a log group of sessions before. */
  hadExec: boolean;
  grants: Record<ColourName, Grants>;
  /** IAM statements for its code: of both colours together, and what the program asks for. */
  iam: pulumi.Input<Grants["iam"]>;
  /** False if `iam` is known to be empty. */
  hasIam: boolean;
  /** What the program passes to it besides its settings. */
  program: Wrapped<ProgramValues> | undefined;
  /** What each colour's release runs with. */
  releaseSettings: Record<ColourName, ReleaseSettings>;
  /** Where ECS reads the values of each colour's secrets, by variable name. */
  secrets: Record<ColourName, Readonly<Record<string, string>>>;
  /** The same of each colour's sidecars, by their names. */
  sidecarSecrets: Record<ColourName, Readonly<Record<string, Readonly<Record<string, string>>>>>;
  rulePriorities: RulePriorities;
  testHeader: TestHeader | undefined;
  /** Services that it calls and that change before it does. */
  callees: readonly Service[];
  tags: Tags;
}

/**
 * One microservice: image repository, roles, logs, security group, two colours, and its routing on each edge that it
 * is on. A worker is on no edge and has no target groups, rules or records; a job has a schedule instead of instances. `outputs` has everything that the deploy
 * script needs to know of it.
 *
 * Cost: see Colour, Registry and Queue; logs 0.76 USD for each GB written in ap-northeast-1
 * (aws.amazon.com/cloudwatch/pricing).
 */
export class Service extends pulumi.ComponentResource {
  /** `https://users.example.jp`; undefined for a service that is not on the public edge. */
  readonly url: string | undefined;
  /** `https://users-test.example.jp`: the idle colour; undefined for a service that is not on the public edge. */
  readonly testUrl: string | undefined;
  /** `https://users.internal.example.jp:4711`; undefined for a service that is not on the internal edge. */
  readonly internalUrl: string | undefined;
  /** Where its images are pushed to. */
  readonly repositoryUrl: pulumi.Output<string>;
  /** The log group of its tasks. */
  readonly logGroup: aws.cloudwatch.LogGroup;
  /** The role that its code has. */
  readonly taskRole: aws.iam.Role;
  /** The security group of its instances. */
  readonly securityGroup: aws.ec2.SecurityGroup;
  /** The target groups on all edges by colour; none for a worker and a job. */
  readonly targetGroups: Readonly<Record<ColourName, aws.lb.TargetGroup[]>>;
  /**
   * Listener rules on all edges.
   * @internal
   */
  readonly rules: aws.lb.ListenerRule[];
  /**
   * What is between its names on the public edge and its instances.
   * @internal
   */
  readonly publicRouting: Routing | undefined;
  /**
   * Auto Scaling groups of both colours: records come after them. Empty for a job.
   * @internal
   */
  readonly instances: pulumi.Resource[];
  /**
   * What decides where its names lead, on all edges: rules and records; of a job its schedule.
   * @internal
   */
  readonly routingResources: pulumi.Resource[];
  /** @internal */
  readonly outputs: Wrapped<ServiceOutputs>;
  /**
   * What `pulumi up` prints about the service.
   * @internal
   */
  readonly summary: Wrapped<ServiceSummary>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(SERVICE_TYPE, name, {}, opts);

    const { account, service, settings, queues } = args;
    const tags = { ...args.tags, service: name };
    const grants = unionOf(args.grants);
    const queue = queues[name];
    const edges = service.exposure.map((exposure) => args.edges[exposure]!);
    const clusterNames = {
      blue: clusterName(account, name, "blue"),
      green: clusterName(account, name, "green"),
    };

    const registry = new Registry(
      name,
      {
        ...{ account, service: name, deletionProtection: settings.deletionProtection },
        isKept: args.hasKeptRepository,
        tags,
      },
      { parent: this },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: logGroupName(account, name), retentionInDays: service.logRetentionDays, tags },
      { parent: this },
    );
    const execLogGroup = grants.exec ? createExecLogGroup(this, name, { ...args, tags }) : undefined;
    const inDatabases = args.databaseUsers?.of(name) ?? [];
    const roles = new Roles(
      name,
      {
        account,
        hasInstances: service.kind !== "job",
        clusterNames: Object.values(clusterNames),
        repositoryArn: registry.repository.arn,
        logGroupArn: logGroup.arn,
        execLogGroupArn: execLogGroup?.arn,
        databaseSecretArns: inDatabases.map(({ secretArn }) => secretArn),
        grants,
        iam: args.iam,
        hasIam: args.hasIam,
        queueArn: queue?.arn,
        receiverArns: grants.sends.map((worker) => queues[worker]!.arn),
        tags,
      },
      { parent: this },
    );
    const security = createInstanceSecurity(this, name, {
      vpcId: args.network.vpcId,
      edges,
      callees: grants.calls.map((callee) => ({ name: callee, port: settings.services[callee]!.internalPort })),
      egress: withDatabases(grants.egress, inDatabases),
      internalEdge: args.edges.internal,
      tags,
    });
    const toDatabases = connect(this, name, {
      from: security.group,
      to: inDatabases.map(({ database }) => database),
      what: (database) => `${name} in ${database}`,
      tags,
    });
    const startAfter = [...roles.policies, ...security.rules, ...toDatabases];
    const routings = edges.map((edge) => createRouting(this, name, edge, args, tags));
    this.rules = routings.flatMap(({ rules }) => rules);
    this.publicRouting = routings.find(({ edge }) => edge === "public");
    const environment = (own: ReleaseSettings) =>
      environmentOf({
        service: name,
        region: account.region,
        settings: own,
        callees: Object.fromEntries(calledBy(own, args).map((callee) => [callee, internalUrl(callee, args)])),
        receivers: Object.fromEntries(sentToBy(own, args).map((worker) => [worker, queues[worker]!.url])),
        queueUrl: queue?.url,
        database: databaseOf(own, inDatabases),
      });
    const taskArgs = (colour: ColourName) => {
      const source = taskSource(args.live, colour);
      const own = args.releaseSettings[source];
      return {
        account,
        service: name,
        colour,
        clusterName: clusterNames[colour],
        live: args.live.colours[colour],
        release: args.live.colours[source].release,
        isFrozen: args.previous.colours[source].size > 0,
        previousSize: args.previous.colours[colour].size,
        isUnsettled: args.isUnsettled && ![args.previous.active, args.live.active].includes(colour),
        settings: own,
        containerInsights: settings.containerInsights,
        environment: environment(own),
        secrets: { ...args.secrets[source], ...passwordOf(own, inDatabases) },
        sidecarSecrets: args.sidecarSecrets[source],
        roles,
        logGroupName: logGroup.name,
        execLogGroupName: execLogGroup?.name,
        hadExec: args.hadExec,
        tags: { ...tags, colour },
      };
    };
    const network = { subnetIds: args.network.privateSubnetIds, securityGroupId: security.group.id };
    const targetGroupsOf = (colour: ColourName) =>
      routings.flatMap((routing) => Object.values(routing.targetGroups[colour]));
    const createColour = (colour: ColourName) =>
      new Colour(
        `${name}-${colour}`,
        {
          ...taskArgs(colour),
          ...network,
          active: args.live.active === colour,
          last: args.last?.[colour],
          targetGroups: targetGroupsOf(colour),
          countedTargets: routings.flatMap((routing) =>
            routing.countedTargets(colour, countedSides(name, routing.edge, colour, args)),
          ),
          healthyWithinSeconds: settings.deploy.healthyWithinSeconds,
          bootAfter: [...this.rules, ...startAfter],
        },
        { parent: this },
      );
    let colours: Record<ColourName, Pick<Colour, "outputs">>;
    let jobSchedule: JobSchedule | undefined;
    if (service.schedule) {
      const { schedule } = service;
      const shared = args.jobs!;
      const { name: groupName, arn: groupArn } = shared.scheduleGroup;
      const job = createJob(this, name, {
        ...{ account, service: name, schedule, groupName, groupArn, live: args.live, clusterNames, roles, settings },
        ...network,
        shared,
        hasExec: { blue: args.releaseSettings.blue.exec, green: args.releaseSettings.green.exec },
        colourArgs: { blue: taskArgs("blue"), green: taskArgs("green") },
        // A new caller meets the new callee.
        runAfter: [...startAfter, roles.taskRole, logGroup, ...args.callees.flatMap(({ rules }) => rules)],
        tags,
      });
      colours = job.colours;
      jobSchedule = job.schedule;
      this.instances = [];
    } else {
      const own = { blue: createColour("blue"), green: createColour("green") };
      colours = own;
      this.instances = [own.blue.instances, own.green.instances];
      for (const routing of routings) routing.createRecords(this.instances);
    }
    this.routingResources = [
      ...this.rules,
      ...routings.flatMap(({ records }) => records),
      ...(jobSchedule ? [jobSchedule.schedule] : []),
    ];

    const exposures = Object.fromEntries(routings.map(({ edge, outputs }) => [edge, outputs]));
    const repository = { url: registry.repository.repositoryUrl, name: registry.repository.name };
    this.outputs = {
      kind: service.kind,
      exposures,
      repository,
      logGroup: logGroup.name,
      ...(execLogGroup ? { execLogGroup: execLogGroup.name } : args.hadExec ? { hadExec: true } : {}),
      ...(inDatabases[0] ? { database: inDatabases[0].migration } : {}),
      healthCheckPath: service.kind === "api" ? service.healthCheck.path : null,
      ...(service.protocol === "http1" ? {} : { protocol: service.protocol }),
      queue: queue?.outputs ?? null,
      ...(args.program ? { program: args.program } : {}),
      ...(jobSchedule ? { job: { ...jobSchedule.outputs, runsLog: args.jobs!.runsLog.name } } : {}),
      colours: {
        blue: { ...colours.blue.outputs, ...targetOutputs(routings, args, "blue") },
        green: { ...colours.green.outputs, ...targetOutputs(routings, args, "green") },
      },
    };
    const urls = urlsOf(routings);
    this.url = urls.url;
    this.testUrl = urls.testUrl;
    this.internalUrl = urls.internalUrl;
    this.repositoryUrl = registry.repository.repositoryUrl;
    this.logGroup = logGroup;
    this.taskRole = roles.taskRole;
    this.securityGroup = security.group;
    this.targetGroups = { blue: targetGroupsOf("blue"), green: targetGroupsOf("green") };
    this.summary = {
      ...urls,
      ...(service.hosts.length > 0 ? { hosts: hostRoutes(service).map((route) => `https://${routeText(route)}`) } : {}),
      repository,
      ...(queue ? { queue: queue.outputs } : {}),
      ...(execLogGroup ? { execLogGroup: execLogGroup.name } : {}),
    };
    this.registerOutputs({ exposures });
  }
}

function urlsOf(routings: readonly Routing[]): { url?: string; testUrl?: string; internalUrl?: string } {
  const on = (edge: Exposure) => routings.find((routing) => routing.edge === edge);
  const [outside, inside] = [on("public"), on("internal")];
  return {
    ...(outside ? { url: outside.url, testUrl: outside.testUrl } : {}),
    ...(inside ? { internalUrl: inside.url } : {}),
  };
}

/**
 * Colours of the load balancers that production's requests come through while a colour is active: its own, to which the
 * production name leads. The record of a host that services share may follow another service, and then it leads to either.
 */
function countedSides(
  name: string,
  edge: Exposure,
  colour: ColourName,
  { service, settings }: ServiceArgs,
): readonly ColourName[] {
  const owners = recordOwners(settings.services);
  return edge === "public" && service.hosts.some((host) => owners[host] !== name) ? COLOURS : [colour];
}

/** The user in the database that a release uses. */
function userOf({ uses }: ReleaseSettings, all: readonly ServiceDatabase[]): ServiceDatabase | undefined {
  return all.find(({ database }) => uses.includes(database.name));
}

/** The secret with its password, whatever secret and version the release was deployed with: the server knows one password only, the newest. */
function passwordOf(own: ReleaseSettings, all: readonly ServiceDatabase[]): Environment {
  const found = userOf(own, all);
  return found ? { [PASSWORD]: found.secretArn } : {};
}

function databaseOf(own: ReleaseSettings, all: readonly ServiceDatabase[]): EnvironmentArgs["database"] {
  const found = userOf(own, all);
  if (!found) return undefined;
  const { database, user, certificates } = found;
  return { host: database.host, port: database.port, name: database.database, user, certificates };
}

/** Places outside the stack that a service connects to, each once: its settings may name an existing database, too. */
function withDatabases(egress: Grants["egress"], inDatabases: readonly ServiceDatabase[]): Grants["egress"] {
  const all = [...egress, ...inDatabases.flatMap(({ database }) => outsideOf(database) ?? [])];
  return [...new Map(all.map((rule) => [outsideName(rule), rule])).values()];
}

/** Callees of a release that are there. One that was removed only a retired release still names; it gets its URL no more. */
function calledBy({ calls }: ReleaseSettings, { settings }: ServiceArgs): string[] {
  return calls.filter((callee) => settings.services[callee]?.exposure.includes("internal"));
}

/** The same for workers that get its messages. */
function sentToBy({ sends }: ReleaseSettings, { queues }: ServiceArgs): string[] {
  return sends.filter((worker) => worker in queues);
}

function createRouting(parent: Service, name: string, edge: Edge, args: ServiceArgs, tags: Tags): Routing {
  const { account, service, settings, releaseSettings } = args;
  return new Routing(
    // No service's name has a dot in it.
    edge.name === "public" ? name : `${name}.${edge.name}`,
    {
      service: name,
      edge,
      listenerPort: service.internalPort,
      cutover: settings.cutover,
      hostRoutes: edge.name === "public" ? checkedRoutes(name, args) : [],
      priorities: args.rulePriorities,
      testHeader: args.testHeader,
      live: args.live,
      rulesAfter: args.callees.flatMap(({ rules }) => rules),
      vpcId: args.network.vpcId,
      targetPort: HOST_PORT,
      protocol: service.protocol,
      healthChecks: { blue: releaseSettings.blue.healthCheck, green: releaseSettings.green.healthCheck },
      deregistrationDelaySeconds: service.deregistrationDelaySeconds,
      identity: [account.project, account.stack, networkIdentity(settings.network), edge.name],
      tags,
    },
    { parent },
  );
}

/** Its hosts and paths, each with the URL of the active colour's health check if its rule gets that path. */
function checkedRoutes(name: string, { service, settings, live, releaseSettings }: ServiceArgs) {
  const checked = releaseSettings[live.active].healthCheck.path;
  return hostRoutes(service).map((route) => ({
    ...route,
    healthCheckUrl: getsRequest(settings.services, name, route, checked) ? `https://${route.host}${checked}` : null,
  }));
}

/** What tells one network from another. Target groups cannot move to another VPC (aws-rules E4). */
function networkIdentity(network: Settings["network"]): string {
  return "vpc" in network ? network.vpc : network.cidr;
}

function internalUrl(callee: string, { edges, settings }: ServiceArgs): string {
  const edge = edges.internal!;
  return edge.urlOf(productionHost(callee, edge.domain), settings.services[callee]!.internalPort);
}

/** Target groups of a colour, and what they are asked for. */
function targetOutputs(routings: readonly Routing[], args: ServiceArgs, colour: ColourName) {
  const { service, releaseSettings } = args;
  return {
    targetGroups: targetGroupOutputs(routings, args, colour),
    ...(service.kind === "api" ? { healthCheckPath: releaseSettings[colour].healthCheck.path } : {}),
  };
}

function targetGroupOutputs(
  routings: readonly Routing[],
  { edges }: ServiceArgs,
  colour: ColourName,
): Wrapped<TargetGroupOutputs>[] {
  return routings.flatMap(({ edge, targetGroups }) =>
    COLOURS.flatMap((loadBalancer) => {
      const group = targetGroups[colour][loadBalancer];
      const loadBalancerArn = edges[edge]!.sides[loadBalancer].loadBalancer.arn;
      return group ? [{ edge, loadBalancer, loadBalancerArn, arn: group.arn }] : [];
    }),
  );
}
