import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour } from "./colour-name";
import type { EdgeOutputs, Wrapped } from "./outputs";
import type { Tags } from "./tags";

/** TLS 1.3 and 1.2 with forward secrecy only. */
const SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/** A service's keep-alive has to be longer, or the load balancer answers 502 for connections that the service has closed. */
const IDLE_TIMEOUT_SECONDS = 60;
const HTTP = 80;
const HTTPS = 443;

export interface EdgeArgs {
  vpcId: pulumi.Input<string>;
  /** Two or more, in different zones, routed to an internet gateway. */
  subnetIds: pulumi.Input<string[]>;
  certificateArn: pulumi.Input<string>;
  accessLogBucket: pulumi.Input<string>;
  deletionProtection: boolean;
  tags: Tags;
}

/** One load balancer of an edge. */
export interface EdgeSide {
  loadBalancer: aws.lb.LoadBalancer;
  /** Where services put their rules. */
  httpsListener: aws.lb.Listener;
}

/**
 * The pair of load balancers that services share. Port 443 answers 404 for hosts that no service's rule names, port 80 sends everybody to 443.
 *
 * Cost a month: about 18 USD for each load balancer in ap-northeast-1, 5.84 USD for each LCU used, and 3.65 USD for each public address (one a zone)
 * (aws.amazon.com/elasticloadbalancing/pricing).
 */
export class Edge extends pulumi.ComponentResource {
  readonly name: string;
  readonly sides: Readonly<Record<Colour, EdgeSide>>;
  /** Of both load balancers. A service adds the rule that lets them reach its instances. */
  readonly securityGroupId: pulumi.Output<string>;
  readonly outputs: Wrapped<EdgeOutputs>;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:edge:Edge", name, {}, opts);

    const securityGroup = createSecurityGroup(this, name, args);

    this.name = name;
    this.securityGroupId = securityGroup.id;
    const [blue, green] = COLOURS.map((colour) =>
      createSide(this, `${name}-${colour}`, colour, securityGroup.id, args),
    );
    this.sides = { blue: blue!, green: green! };
    this.outputs = {
      loadBalancers: { blue: addressOf(this.sides.blue), green: addressOf(this.sides.green) },
    };
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

function createSecurityGroup(parent: Edge, name: string, args: EdgeArgs): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    `${name}-load-balancers`,
    { vpcId: args.vpcId, description: `Load balancers of the ${name} edge`, tags: args.tags },
    { parent },
  );
  for (const port of [HTTP, HTTPS]) {
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-anywhere-${port}`,
      {
        securityGroupId: group.id,
        description: port === HTTP ? "Everybody, to be sent to HTTPS" : "Everybody",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: "0.0.0.0/0",
        tags: args.tags,
      },
      { parent },
    );
  }
  return group;
}

function createSide(
  parent: Edge,
  name: string,
  colour: Colour,
  securityGroupId: pulumi.Input<string>,
  args: EdgeArgs,
): EdgeSide {
  const tags = { ...args.tags, colour };
  const loadBalancer = new aws.lb.LoadBalancer(
    name,
    {
      loadBalancerType: "application",
      internal: false,
      subnets: args.subnetIds,
      securityGroups: [securityGroupId],
      accessLogs: { bucket: args.accessLogBucket, prefix: name, enabled: true },
      desyncMitigationMode: "defensive",
      dropInvalidHeaderFields: true,
      enableDeletionProtection: args.deletionProtection,
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      tags,
    },
    { parent },
  );
  new aws.lb.Listener(
    `${name}-http`,
    {
      loadBalancerArn: loadBalancer.arn,
      port: HTTP,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { port: `${HTTPS}`, protocol: "HTTPS", statusCode: "HTTP_301" } }],
      tags,
    },
    { parent },
  );
  const httpsListener = new aws.lb.Listener(
    `${name}-https`,
    {
      loadBalancerArn: loadBalancer.arn,
      port: HTTPS,
      protocol: "HTTPS",
      sslPolicy: SSL_POLICY,
      certificateArn: args.certificateArn,
      defaultActions: [
        {
          type: "fixed-response",
          fixedResponse: {
            statusCode: "404",
            contentType: "text/plain",
            messageBody: "No service has this name. Names are <service>.<domain>.\n",
          },
        },
      ],
      tags,
    },
    { parent },
  );
  return { loadBalancer, httpsListener };
}

function addressOf({ loadBalancer }: EdgeSide) {
  return { arn: loadBalancer.arn, dnsName: loadBalancer.dnsName };
}
