import { HOURS_A_MONTH, instancePrice, LOOKED_UP, PRICES } from "./prices";
import type { DeclaredResource, World } from "./world";

/** One item that costs by the hour or the month, however little it is used. */
interface Cost {
  what: string;
  count: number;
  /** USD a month for each one. */
  each: number;
}

const hourly = ({ usd }: { usd: number }) => usd * HOURS_A_MONTH;

/** Types that cost nothing by themselves. The page describes in words those that cost by use only. */
const FREE = new Set([
  "aws:acm/certificate:Certificate",
  "aws:acm/certificateValidation:CertificateValidation",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/route:Route",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ecr/repository:Repository",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/targetGroup:TargetGroup",
  "aws:route53/record:Record",
]);
const FREE_FAMILIES = [
  "aws:ecs/",
  "aws:iam/",
  "aws:lambda/",
  "aws:rds/",
  "aws:s3/",
  "aws:scheduler/",
  "aws:sqs/",
  "aws:vpc/",
];

/**
 * Monthly costs of a stack that nobody uses, with its domain's zone.
 *
 * @throws Error for a type whose cost this file does not state
 */
export function costsOf({ resources }: Pick<World, "resources">): Cost[] {
  const costs = new Map<string, Cost>();
  const add = (what: string, count: number, each: number) => {
    if (count > 0) costs.set(what, { what, each, count: count + (costs.get(what)?.count ?? 0) });
  };
  add("hosted zones", 1, PRICES.hostedZone.usd);
  for (const { type, name, inputs } of resources) {
    switch (type) {
      case "aws:lb/loadBalancer:LoadBalancer":
        add("load balancers", 1, hourly(PRICES.loadBalancer));
        if (!inputs.internal)
          add("public addresses", (inputs.subnets as string[]).length, hourly(PRICES.publicAddress));
        break;
      case "aws:ec2/natGateway:NatGateway":
        add("NAT gateways", 1, hourly(PRICES.natGateway));
        break;
      case "aws:ec2/eip:Eip":
        add("public addresses", 1, hourly(PRICES.publicAddress));
        break;
      case "aws:route53/zone:Zone":
        add("hosted zones", 1, PRICES.hostedZone.usd);
        break;
      case "aws:ec2/vpcEndpoint:VpcEndpoint":
        if (inputs.vpcEndpointType !== "Gateway") throw new Error(`${name}: only gateway endpoints are free`);
        break;
      case "aws:cloudwatch/metricAlarm:MetricAlarm":
        add("alarms on jobs", 1, PRICES.alarm.usd);
        break;
      case "aws:autoscaling/policy:Policy":
        add("alarms of scaling policies", ALARMS_OF_A_POLICY, PRICES.alarm.usd);
        break;
      case "aws:secretsmanager/secret:Secret":
        add("secrets", 1, PRICES.secret.usd);
        break;
      case "aws:rds/instance:Instance":
        addDatabase(add, inputs);
        break;
      case "aws:autoscaling/group:Group":
        addInstances(add, inputs, resources);
        break;
      default:
        if (!FREE.has(type) && !FREE_FAMILIES.some((family) => type.startsWith(family)))
          throw new Error(`${type} ${name}: what does it cost? Say it in cost-table.ts`);
    }
  }
  return [...costs.values()];
}

function addInstances(
  add: (what: string, count: number, each: number) => void,
  group: Record<string, unknown>,
  resources: readonly DeclaredResource[],
): void {
  const count = group.desiredCapacity as number;
  const { id } = group.launchTemplate as { id: string };
  const template = resources.find(
    ({ type, name }) => type === "aws:ec2/launchTemplate:LaunchTemplate" && `${name}-id` === id,
  )!;
  const { instanceType, blockDeviceMappings, monitoring } = template.inputs as {
    instanceType: string;
    monitoring?: { enabled: boolean };
    blockDeviceMappings: { ebs: { volumeType: string; volumeSize: number } }[];
  };
  add(`instances, ${instanceType}`, count, hourly(instancePrice(instanceType)));
  if (monitoring?.enabled) add("metrics by the minute", count * METRICS_OF_AN_INSTANCE, PRICES.metric.usd);
  for (const { ebs } of blockDeviceMappings)
    add(`volumes, ${ebs.volumeSize} GB ${ebs.volumeType}`, count, ebs.volumeSize * PRICES.volume.usd);
}

/** RDS makes a secret for the master user; those of services are declared. A standby is a second instance with storage of its own. */
function addDatabase(add: (what: string, count: number, each: number) => void, inputs: Record<string, unknown>): void {
  const instances = inputs.multiAz ? 2 : 1;
  const instanceClass = inputs.instanceClass as string;
  const storageGiB = inputs.allocatedStorage as number;
  add(`databases, ${instanceClass}`, instances, hourly(instancePrice(instanceClass)));
  add(`storage of databases, ${storageGiB} GB gp3`, instances, storageGiB * PRICES.databaseStorage.usd);
  add("secrets", 1, PRICES.secret.usd);
}

/** Target tracking makes an alarm to grow and one to shrink (Auto Scaling guide); CloudWatch counts them as any other. */
const ALARMS_OF_A_POLICY = 2;

/** What EC2 sends by the minute with detailed monitoring, and CloudWatch charges as custom metrics. */
const METRICS_OF_AN_INSTANCE = 7;

/** The page `docs/cost.md`. */
export function costPage({
  least,
  withDatabase,
  production,
}: {
  least: World;
  /** The same with a database at its defaults. */
  withDatabase: World;
  production: World;
}): string {
  const [small, large] = [costsOf(least), costsOf(production)];
  const database = total(costsOf(withDatabase)) - total(small);
  return `# What it costs

Computed from what the program declares and from list prices of ap-northeast-1, by \`UPDATE_DOCS=1 npx mocha test/components/cost-table.test.ts\`; a test fails
when the program declares something else. In USD a month of ${HOURS_A_MONTH} hours, without taxes, free tiers and discounts; prices looked up on ${LOOKED_UP}
([where from](#prices)).

## While nobody uses it

| | one api, all settings at their defaults | [Pulumi.prod.yaml](../Pulumi.prod.yaml) |
|---|---|---|
${rows(small, large)}
| **a month** | **${dollars(total(small))}** | **${dollars(total(large))}** |

One api is \`users: { kind: api }\`: two instances of t3.small, two zones, one NAT gateway. Pulumi.prod.yaml is an api on both edges, a worker and a
prototype, with a NAT gateway in each zone and a database with a standby; its \`users\` may grow to six instances. Instances are those of the active colours: the idle one has none.

Without its instances it is ${dollars(total(small.filter(isShared)))} a month, for one service or for fifty: the two colours' load balancers and the private network. The internal edge,
its zone, a second NAT gateway and the database are the rest of the difference. A [database](databases.md) at its defaults that one service uses is
${dollars(database)} a month.

## By use

| | USD |
|---|---|
| load balancers, by capacity units (LCU) | ${PRICES.loadBalancerUnits.usd} for each LCU hour: 25 new connections a second, 3,000 open ones, 1 GB an hour or 1,000 rule evaluations a second, whichever is most |
| what instances fetch and send through NAT | ${PRICES.natTraffic.usd} a GB; images come through the S3 endpoint, which is free |
| traffic to the internet | 0.114 a GB after the first 100 GB (from memory) |
| logs written | 0.76 a GB (from memory) |
| access logs, journals | 0.025 a GB and month in S3 (from memory) |
| images | 0.10 a GB and month in ECR (from memory) |
| messages to workers | 0.40 for each million requests to SQS after the first (from memory) |
| runs of jobs | 0.0506 for a vCPU and 0.0055 for a GB of memory, each hour that a task runs on Fargate (from memory): a run of five minutes at the default size 0.0013, once a day 0.04 a month; and two alarms for the first job, one for each other, 0.10 a month each. EventBridge Scheduler has 14 million starts a month free |
| sizes that follow the load | two alarms, 0.10 a month each (from memory), for the CPU of each such service, and two for each edge on which its requests count |
| a database | the instance, db.t4g.micro ${PRICES["db.t4g.micro"].usd} an hour, and its storage, ${PRICES.databaseStorage.usd} a GB and month; both twice with \`multiZone\` (from memory). Backups up to the size of the storage are free. A secret for the master user and one for each service, ${PRICES.secret.usd} a month each |
| Pulumi's state | some cents in S3, and 1 for a key in KMS; or Pulumi Cloud's price |

## A deploy

Both colours run from the warm-up to the retirement: with the defaults about ten minutes on AWS, most of it boot, health checks and the bake of three minutes.
Two instances of t3.small more for ten minutes are ${dollars((2 * instancePrice("t3.small").usd) / 6, 3)}. A colour that is kept (\`atDrainCap: keep\`) costs as long as it is kept.
So does one that is [kept warm](how-a-deploy-works.md#keep-warm): with \`keepWarm: 30m\` these instances are ${dollars((2 * instancePrice("t3.small").usd) / 2, 3)}.

## To pay less

| | saves a month |
|---|---|
| \`size: 1\` instead of 2 | ${dollars(perInstance(small))}; a lost instance is then an outage of some minutes |
| \`instanceType: t4g.small\` | ${dollars(hourly(PRICES["t3.small"]) - hourly(PRICES["t4g.small"]))} for each instance; images for arm64 |
| [an existing VPC](existing-network.md) | ${dollars(hourly(PRICES.natGateway) + hourly(PRICES.publicAddress))} for each NAT gateway; its owner pays for what is there |
| \`nat: single\` instead of \`perZone\` | ${dollars(hourly(PRICES.natGateway) + hourly(PRICES.publicAddress))}; the loss of its zone cuts the other one off |
| no \`internal\` in any \`exposure\` | ${dollars(2 * hourly(PRICES.loadBalancer) + PRICES.hostedZone.usd)}; services then call each other by their public names |

## Prices

| what | USD | a | source |
|---|---|---|---|
${Object.entries(PRICES)
  .map(([name, { usd, unit, source }]) => `| ${name} | ${usd} | ${unit} | ${source} |`)
  .join("\n")}

Usage types are those of AWS's price list
(\`https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/ap-northeast-1/index.json\`). They were read there by others, on the day given,
and looked up in what those published; "from memory" was not looked up at all. Other instance types and regions: put the price into \`test/components/prices.ts\`.
`;
}

const isShared = ({ what }: Cost) => !/^(?:instances|volumes)/.test(what);

function rows(small: Cost[], large: Cost[]): string {
  const names = [...new Set([...small, ...large].map(({ what }) => what))].sort();
  const cell = (costs: Cost[], name: string) => {
    const cost = costs.find(({ what }) => what === name);
    return cost ? `${cost.count} x ${dollars(cost.each)} = ${dollars(cost.count * cost.each)}` : "-";
  };
  return names.map((name) => `| ${name} | ${cell(small, name)} | ${cell(large, name)} |`).join("\n");
}

function total(costs: Cost[]): number {
  return costs.reduce((sum, { count, each }) => sum + count * each, 0);
}

function perInstance(costs: Cost[]): number {
  const own = costs.filter((cost) => !isShared(cost));
  return own.reduce((sum, { each }) => sum + each, 0);
}

function dollars(usd: number, digits = 2): string {
  return usd.toFixed(digits);
}
