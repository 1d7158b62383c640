import { join } from "node:path";
import { Credentials } from "./api/credentials";
import { Compute } from "./compute";
import { computeTypes } from "./compute-types";
import { TaskNetwork } from "./data-plane/task-network/task-network";
import { authorityFile } from "./environment";
import { Faults } from "./faults/faults";
import { retryingFunctions, retryingTypes } from "./faults/retrying-types";
import { Addresses } from "./kernel/addresses";
import { CloudClock } from "./kernel/clock";
import type { CloudContext } from "./kernel/context";
import type { CloudEvent } from "./kernel/events";
import { Random } from "./kernel/random";
import type { ProviderFunction, ResourceType } from "./provider/resource-type";
import { Acm } from "./services/acm/model/acm";
import { acmTypes } from "./services/acm/provider";
import { CloudWatch } from "./services/cloudwatch/model/cloudwatch";
import { FlowLogs } from "./services/ec2/model/flow-logs";
import { Network } from "./services/ec2/model/network";
import { networkTypes } from "./services/ec2/provider";
import { flowLogTypes } from "./services/ec2/provider/flow-logs";
import { Ecr } from "./services/ecr/model/ecr";
import { ecrTypes } from "./services/ecr/provider";
import { LoadBalancing } from "./services/elb/model/load-balancing";
import { loadBalancingResources } from "./services/elb/provider";
import { Iam } from "./services/iam/model/iam";
import { iamTypes } from "./services/iam/provider";
import { CloudWatchLogs } from "./services/logs/model/cloudwatch-logs";
import { cloudWatchLogsTypes } from "./services/logs/provider";
import { HostedZones } from "./services/route53/model/hosted-zones";
import { VpcResolver } from "./services/route53/model/vpc-resolver";
import { route53Functions, route53Resources } from "./services/route53/provider";
import { S3 } from "./services/s3/model/s3";
import { s3Types } from "./services/s3/provider";
import { SecretStores } from "./services/secrets/model/secrets";
import { secretsFunctions } from "./services/secrets/provider";
import { Sqs } from "./services/sqs/model/sqs";
import { sqsTypes } from "./services/sqs/provider";
import { accountFunctions } from "./services/sts/provider";

/** The account of every rehearsal: AWS's own example number. */
const ACCOUNT_ID = "123456789012";
/** Longest time, in AWS seconds, until a load balancer's node follows a rule change. AWS gives no number, "a short time" (aws-rules E24). */
const RULE_SPREAD_SECONDS = 2;

export interface CloudOptions {
  region: string;
  /** AWS seconds in one real second. */
  speed: number;
  seed: number;
  /** Public hosted zones that exist from the start. */
  zones: string[];
  /** Beginning of the loopback addresses, such as `127.20`. */
  loopback: string;
  /** Added to every AWS port. */
  portOffset: number;
  /** AWS seconds for every boot instead of seeded ones. */
  bootSeconds?: number;
  /** Logs and process ids go here. */
  directory: string;
  /** Of the cloud's API, for tasks; not asked for before the first one starts. */
  apiUrl: () => string;
  emit(event: CloudEvent): void;
  log(line: string): void;
}

/** AWS on this machine: one account in one region, with everything that the program declares really running. */
export class Cloud {
  readonly flowLogs: FlowLogs;

  private constructor(
    readonly addresses: Addresses,
    readonly network: Network,
    readonly iam: Iam,
    readonly acm: Acm,
    readonly ecr: Ecr,
    readonly s3: S3,
    readonly cloudWatch: CloudWatch,
    readonly logs: CloudWatchLogs,
    readonly sqs: Sqs,
    readonly secrets: SecretStores,
    readonly credentials: Credentials,
    readonly loadBalancing: LoadBalancing,
    readonly hostedZones: HostedZones,
    readonly compute: Compute,
    readonly taskNetwork: TaskNetwork,
    readonly faults: Faults,
    readonly context: CloudContext,
  ) {
    this.flowLogs = new FlowLogs(context, { vpcs: network.vpcs, permissions: iam, logs });
  }

  static async create(options: CloudOptions): Promise<Cloud> {
    const { region, speed, seed, emit, log } = options;
    const clock = new CloudClock(speed);
    const faults = new Faults({ clock, emit, log });
    const context: CloudContext = {
      clock,
      random: new Random(seed),
      region,
      accountId: ACCOUNT_ID,
      emit,
      log,
      faults,
    };
    const addresses = new Addresses(options.loopback);
    const network = new Network(context);
    const s3 = new S3(context);
    const cloudWatch = new CloudWatch(context);
    const logs = new CloudWatchLogs(context, join(options.directory, "logs"));
    const sqs = new Sqs(context, options.apiUrl);
    const secrets = new SecretStores(context);
    const credentials = new Credentials(context);
    const iam = new Iam(context);
    const ecr = new Ecr(context);
    // Load balancers need certificates, certificates need the public DNS, and that answers for load balancers: the last link is closed late.
    const hostedZones = new HostedZones(context, {
      zoneNames: options.zones,
      nameServers: addresses.nameServers,
      loadBalancers: { find: (name) => loadBalancing.names.find(name) },
      vpcs: network.vpcs,
    });
    const acm = await Acm.create(context, hostedZones);
    const loadBalancing = new LoadBalancing(context, {
      network,
      certificates: acm,
      mayDeliverLogs: (bucket, prefix) => s3.mayDeliverLogs(bucket, prefix),
      allocateAddress: addresses.allocateNode,
      dataPlane: {
        portOffset: options.portOffset,
        ruleSpreadSeconds: RULE_SPREAD_SECONDS,
        insideAddress: addresses.inside,
      },
      onMetrics: (loadBalancerArn, { buckets }) => cloudWatch.metrics.take(loadBalancerArn, buckets),
    });
    network.onChange(() => loadBalancing.networkChanged());
    const taskNetwork = new TaskNetwork({
      zones: hostedZones,
      resolver: new VpcResolver(hostedZones, context.clock),
      nodes: loadBalancing.nodes,
      network,
      insideAddress: addresses.inside,
      portOffset: options.portOffset,
      credentials,
      apiUrl: options.apiUrl,
      region,
      authorityFile: authorityFile(options.directory),
      log,
    });
    const compute = new Compute({
      context,
      network,
      permissions: iam,
      images: ecr,
      logs,
      targets: loadBalancing.targets,
      secrets,
      taskEnvironments: taskNetwork,
      processDirectory: join(options.directory, "processes"),
      ...(options.bootSeconds === undefined ? {} : { bootSeconds: options.bootSeconds }),
    });
    return new Cloud(
      addresses,
      network,
      iam,
      acm,
      ecr,
      s3,
      cloudWatch,
      logs,
      sqs,
      secrets,
      credentials,
      loadBalancing,
      hostedZones,
      compute,
      taskNetwork,
      faults,
      context,
    );
  }

  get types(): ResourceType[] {
    return retryingTypes(this.context, [
      ...networkTypes(this.network),
      ...flowLogTypes(this.context, this.flowLogs),
      ...iamTypes(this.iam),
      ...acmTypes(this.acm),
      ...ecrTypes(this.ecr),
      ...s3Types(this.s3),
      ...cloudWatchLogsTypes(this.logs),
      ...sqsTypes(this.sqs),
      ...loadBalancingResources(this.loadBalancing),
      ...route53Resources(this.hostedZones, this.context.clock),
      ...computeTypes(this.compute),
    ]);
  }

  get functions(): ProviderFunction[] {
    return retryingFunctions(this.context, [
      ...accountFunctions(this.context),
      ...route53Functions(this.hostedZones),
      ...secretsFunctions(this.secrets.secretsManager),
    ]);
  }

  /** Ends every process and wait. */
  async close(): Promise<void> {
    this.faults.close();
    this.compute.close();
    await this.taskNetwork.close();
    this.hostedZones.close();
    await this.loadBalancing.close();
    this.sqs.close();
    this.logs.close();
  }
}
