import type { Socket } from "node:net";
import { join } from "node:path";
import type { ExistingDatabase, ExistingNetwork } from "../../components/settings/settings";
import type { Addresses } from "./kernel/addresses";
import type { CloudContext } from "./kernel/context";
import type { TaskEnvironments } from "./kernel/ports";
import { LEDGERS } from "./processes/process-ledger";
import type { Surroundings } from "./processes/surroundings";
import { createAcm } from "./services/acm";
import { createAutoScaling } from "./services/autoscaling";
import type { CloudService } from "./services/cloud-service";
import { createCloudWatch } from "./services/cloudwatch";
import { createEc2 } from "./services/ec2";
import { createEcr } from "./services/ecr";
import { createEcs } from "./services/ecs";
import { taskStateChange } from "./services/ecs/api/descriptions";
import { createElb } from "./services/elb";
import { createEvents } from "./services/events";
import { createIam } from "./services/iam";
import { createKms } from "./services/kms";
import { createLambda } from "./services/lambda";
import type { LambdaPorts } from "./services/lambda/model/lambda";
import { createLogs } from "./services/logs";
import { createRds } from "./services/rds";
import type { PreparedServer } from "./services/rds/external/prepare-server";
import { createRoute53 } from "./services/route53";
import { createS3 } from "./services/s3";
import { createScheduler } from "./services/scheduler";
import { createSecrets } from "./services/secrets";
import { createServiceQuotas } from "./services/servicequotas";
import { VCPUS } from "./services/servicequotas/model/quotas";
import { createSqs } from "./services/sqs";
import { createSts } from "./services/sts";
import { createTagging } from "./services/tagging";
import { createWafv2 } from "./services/wafv2";

/**
 * Until roles and policies hold everywhere, in AWS seconds. AWS says only that changes may take a while; providers and
 * the workflows' action try again for a minute or more (aws-rules I7).
 */
const ROLE_PROPAGATION_SECONDS = 8;

export interface ServicesOptions {
  /** Public hosted zones that exist from the start. */
  zones: string[];
  /** A VPC that exists from the start, as the settings name it. Default: none. */
  existingNetwork?: ExistingNetwork | undefined;
  /** Databases of another owner that exist from the start, as the settings name them. Default: none. */
  existingDatabases?: Readonly<Record<string, ExistingDatabase>> | undefined;
  /** A PostgreSQL that is there already, in which all databases are made. Default: each has a server of its own. */
  databaseServer?: PreparedServer | undefined;
  /** Added to every AWS port. */
  portOffset: number;
  /**
   * AWS seconds until the slowest node of a load balancer follows a change of rules or targets. AWS gives no number, only
   * "a short time" (aws-rules E24).
   */
  spreadSeconds: number;
  /** The share of it that public load balancers take where there are internal ones. Default: as assumed. */
  publicShare?: number;
  /** AWS seconds for every boot instead of seeded ones. */
  bootSeconds?: number;
  /** AWS seconds for every creation of a database instead of seeded ones. */
  databaseSeconds?: number;
  /** The account's quota of vCPUs for running instances. Default: that of the account, new or grown. */
  vcpuLimit?: number;
  /**
   * True for an account that was just opened: it has no service-linked role, AWS's default quotas, and its first load
   * balancer is refused (aws-rules I17, A26, E47).
   */
  newAccount?: boolean;
  /** True for an account on AWS's Free plan, which most new ones are on first (aws-rules A34, B16). */
  freePlan?: boolean;
  /** Holds logs and process ids. */
  directory: string;
  addresses: Addresses;
  /** URL of the cloud's API. The services ask for it only after the API listens. */
  apiUrl: () => string;
  /** Takes connections to the cloud's API from tasks in networks of their own. */
  acceptApi?: (socket: Socket) => void;
  /** What this machine allows of containers' surroundings. Default: nothing. */
  surroundings?: Surroundings;
  /** ECS opens one for each task, and only after the cloud is complete. */
  taskEnvironments: TaskEnvironments;
  /** Lambda opens one for each invocation, likewise. */
  openFunction: LambdaPorts["open"];
}

export type Services = Awaited<ReturnType<typeof createServices>>;

/**
 * Creates every AWS service of the cloud and gives each the others that it needs. This is the one list of services: a
 * new service that needs nothing is one line in the returned object. Two links close late, by a function: Route 53
 * answers for load balancers, which need certificates, which need Route 53; and Auto Scaling asks ECS about instances
 * that Auto Scaling launches.
 *
 * @returns the services in the reverse order of their end: what uses other services comes after them
 */
export async function createServices(context: CloudContext, options: ServicesOptions) {
  const { addresses, directory, bootSeconds, newAccount = false, freePlan = false, vcpuLimit, acceptApi } = options;
  const iam = createIam(context, { isNewAccount: newAccount, propagationSeconds: ROLE_PROPAGATION_SECONDS });
  const serviceQuotas = createServiceQuotas(newAccount, vcpuLimit);
  const logs = createLogs(context, join(directory, "logs"));
  const s3 = createS3(context);
  const cloudWatch = createCloudWatch(context);
  const ecr = createEcr(context);
  const secrets = createSecrets(context);
  const ec2 = createEc2(context, {
    permissions: iam.model,
    logs: logs.model,
    existingNetwork: options.existingNetwork,
    existingGroups: Object.values(options.existingDatabases ?? {}).flatMap(({ securityGroup = [] }) => securityGroup),
    freePlan,
    vcpuLimit: () => serviceQuotas.model.get(VCPUS.service, VCPUS.code).value,
    ...(bootSeconds === undefined ? {} : { bootSeconds }),
  });
  const { network, launchTemplates, instances } = ec2.model;
  const route53 = createRoute53(context, {
    zoneNames: options.zones,
    nameServers: addresses.nameServers,
    loadBalancers: { find: (name) => elb.model.names.find(name) },
    vpcs: network.vpcs,
  });
  const acm = await createAcm(context, route53.model);
  const rds = await createRds({
    ...{ context, network, secrets: secrets.model.secretsManager, freePlan },
    directory: join(directory, "databases"),
    processDirectory: join(directory, LEDGERS.databases),
    signPublicly: (hosts) => acm.model.signFor(hosts),
    existing: options.existingDatabases,
    createSeconds: options.databaseSeconds,
    prepared: options.databaseServer,
    hasServiceLinkedRole: () => iam.model.serviceLinkedRoles.isThereOrCreated("rds.amazonaws.com"),
  });
  await rds.model.startExisting();
  const lambda = createLambda({
    ...{ context, network, permissions: iam.model, logs: logs.model, directory: join(directory, "functions") },
    open: options.openFunction,
  });
  const elb = createElb(context, {
    network,
    certificates: acm.model,
    mayDeliverLogs: (bucket, prefix) => s3.model.openLogDelivery(bucket, prefix),
    deliverLog: (...log) => s3.model.deliverLog(...log),
    findInstance: (instanceId) => instances.get(instanceId),
    allocateAddress: addresses.allocateNode,
    newAccount,
    publicShare: options.publicShare,
    onFirstUse: () => void iam.model.serviceLinkedRoles.isThereOrCreated("elasticloadbalancing.amazonaws.com"),
    dataPlane: {
      portOffset: options.portOffset,
      spreadSeconds: options.spreadSeconds,
      insideAddress: addresses.inside,
    },
    onMetrics: (loadBalancerArn, { buckets }) => cloudWatch.model.metrics.take(loadBalancerArn, buckets),
  });
  network.onChange(() => elb.model.networkChanged());
  instances.onState(({ instanceId }) => elb.model.targets.instanceChanged(instanceId));
  const autoScaling = createAutoScaling({
    context,
    instances,
    targets: elb.model.targets,
    launchTemplateId: (name) => launchTemplates.named(name).id,
    onFirstUse: () => void iam.model.serviceLinkedRoles.isThereOrCreated("autoscaling.amazonaws.com"),
    processIds: (instanceId) => ecs.model.processIds(instanceId),
    loadBalancerOf: (targetGroupArn) => elb.model.targetGroups.loadBalancerOf(targetGroupArn),
    requestCount: (dimensions) => cloudWatch.model.metrics.newestSum({ metricName: "RequestCount", dimensions }),
    explain: (instanceId) => ecs.model.explain(instanceId),
  });
  const events = createEvents(context, { metrics: cloudWatch.model.counts, logs: logs.model });
  const ecs = createEcs({
    onTaskStatus: (task, cluster) =>
      events.model.send({
        source: "aws.ecs",
        "detail-type": "ECS Task State Change",
        detail: taskStateChange(task, cluster),
      }),
    context,
    reachability: network,
    permissions: iam.model,
    images: ecr.model,
    logs: logs.model,
    targets: elb.model.targets,
    secrets: secrets.model,
    instances,
    hasServiceLinkedRole: () => iam.model.serviceLinkedRoles.isThereOrCreated("ecs.amazonaws.com"),
    autoScaling: autoScaling.model,
    taskEnvironments: options.taskEnvironments,
    processDirectory: join(directory, LEDGERS.tasks),
    ...(options.surroundings && { surroundings: options.surroundings }),
    ...(acceptApi && { apiEndpoint: () => ({ port: Number(new URL(options.apiUrl()).port), accept: acceptApi }) }),
  });
  return {
    sts: createSts(context, iam.model),
    tagging: createTagging(context),
    iam,
    kms: createKms(context, newAccount),
    logs,
    s3,
    sqs: createSqs(context, options.apiUrl),
    serviceQuotas,
    secrets,
    ecr,
    cloudWatch,
    acm,
    elb,
    route53,
    wafv2: createWafv2(context),
    rds,
    lambda,
    ec2,
    autoScaling,
    ecs,
    events,
    scheduler: createScheduler({
      context,
      permissions: iam.model,
      ecs: ecs.model,
      metrics: cloudWatch.model.counts,
    }),
  } satisfies Record<string, CloudService>;
}
