import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { COLOURS, type Colour } from "../core/colour-name";
import { HTTP, HTTPS } from "../core/ports";
import type { Tags } from "../core/tags";
import type { EdgeOutputs, Wrapped } from "../live/outputs";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Exposure } from "../settings/settings";
import { createListener } from "./listener";

/**
 * A service's keep-alive timeout has to be longer, or the load balancer answers 502 on connections that the service
 * has closed.
 */
const IDLE_TIMEOUT_SECONDS = 60;

export interface EdgeArgs {
  /** Names of services are one label below this domain. */
  domain: string;
  /** ID of the domain's hosted zone. */
  zoneId: pulumi.Input<string>;
  /** ARN of an issued certificate for the names. */
  certificateArn: pulumi.Input<string>;
  /** ARNs of issued certificates for other names, by domain. */
  furtherCertificateArns?: Readonly<Record<string, pulumi.Input<string>>>;
  vpcId: pulumi.Input<string>;
  /**
   * Two or more, in different availability zones. The subnets of the public edge have a route to an internet gateway.
   */
  subnetIds: pulumi.Input<string[]>;
  accessLogBucket: pulumi.Input<string>;
  deletionProtection: boolean;
  /** ARN of the web ACL of its load balancers. */
  webAcl?: string | undefined;
  tags: Tags;
}

/** One load balancer of an edge. */
export interface EdgeSide {
  loadBalancer: aws.lb.LoadBalancer;
  /** Listener that services add their rules to; null where each service has a listener of its own. */
  sharedListener: aws.lb.Listener | null;
}

/**
 * The pair of load balancers, blue and green, that services share.
 *
 * On the public edge all services share port 443, and port 80 redirects to it. The internal edge has no shared
 * listener: each service has a listener on a port of its own, and only services that declare a call to it may connect
 * there. (Security groups know ports and no names: on a shared port, a service that may call one service could call
 * all.)
 *
 * Cost a month: about 18 USD for each load balancer in ap-northeast-1 and 5.84 USD for each LCU used; on the public
 * edge also 3.65 USD for each public address (one a zone) (aws.amazon.com/elasticloadbalancing/pricing).
 */
export class Edge extends pulumi.ComponentResource {
  /** `public` or `internal`. */
  readonly name: Exposure;
  /** Names of services are one label below it. */
  readonly domain: string;
  /** ID of the hosted zone of these names. */
  readonly zoneId: pulumi.Input<string>;
  /** The certificate for these names. */
  readonly certificateArn: pulumi.Input<string>;
  /**
   * Certificates of further domains on the shared listeners.
   * @internal
   */
  readonly furtherCertificates: aws.lb.ListenerCertificate[];
  /** Both load balancers, `blue` and `green`, with the listener that services share. */
  readonly sides: Readonly<Record<Colour, EdgeSide>>;
  /**
   * Security group of both load balancers. A service adds the rules that let them connect to its instances, and that
   * let its instances connect to the services that it calls.
   */
  readonly securityGroupId: pulumi.Output<string>;
  /** @internal */
  readonly outputs: Wrapped<EdgeOutputs>;

  constructor(name: Exposure, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:edge:Edge", name, {}, opts);

    const securityGroup = createSecurityGroup(this, name, args);

    this.name = name;
    this.domain = args.domain;
    this.zoneId = args.zoneId;
    this.certificateArn = args.certificateArn;
    this.securityGroupId = securityGroup.id;
    const hook = args.deletionProtection && takesHooks() ? hookAgainstDestroy(name) : undefined;
    const [blue, green] = COLOURS.map((colour) => createSide(this, name, colour, securityGroup.id, args, hook));
    this.sides = { blue: blue!, green: green! };
    this.furtherCertificates = createFurtherCertificates(this, name, args);
    this.outputs = {
      loadBalancers: { blue: addressOf(this.sides.blue), green: addressOf(this.sides.green) },
    };
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }

  /**
   * @internal
   * @param ownPort port of the service's own listener, where no listener is shared
   */
  urlOf(host: string, ownPort: number): string {
    return this.sides.blue.sharedListener ? `https://${host}` : `https://${host}:${ownPort}`;
  }
}

function createSecurityGroup(parent: Edge, name: Exposure, args: EdgeArgs): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    `${name}-load-balancers`,
    { vpcId: args.vpcId, description: `Load balancers of the ${name} edge`, tags: args.tags },
    { parent },
  );
  for (const port of name === "public" ? [HTTP, HTTPS] : []) {
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

/**
 * A hook for the deletion of what is protected. `pulumi destroy` deletes a protected resource's dependents before it meets the
 * protection. It begins nothing at all in a stack with such a hook, and prints the hook's name, so the name says what to do.
 */
function hookAgainstDestroy(edge: Exposure): pulumi.ResourceHook {
  const name = `${CONFIG_NAMESPACE}:deletionProtection is on for the ${edge} edge, wanted false and a \`pulumi up\` before \`pulumi destroy\``;
  // With `--run-program` the engine goes on as far as here.
  return new pulumi.ResourceHook(name, () => Promise.reject(new Error(name)));
}

/** False in a test with Pulumi's mocks, which say that they know hooks and fail at the first one. */
function takesHooks(): boolean {
  return "registerResourceHook" in (pulumi.runtime.getMonitor() ?? {});
}

function createSide(
  parent: Edge,
  edge: Exposure,
  colour: Colour,
  securityGroupId: pulumi.Input<string>,
  args: EdgeArgs,
  hook: pulumi.ResourceHook | undefined,
): EdgeSide {
  const name = `${edge}-${colour}`;
  const tags = { ...args.tags, colour };
  const loadBalancer = new aws.lb.LoadBalancer(
    // AWS reserves names that begin with `internal-`, and the engine derives the load balancer's name from this one.
    edge === "internal" ? `alb-${name}` : name,
    {
      loadBalancerType: "application",
      internal: edge === "internal",
      subnets: args.subnetIds,
      securityGroups: [securityGroupId],
      accessLogs: { bucket: args.accessLogBucket, prefix: name, enabled: true },
      desyncMitigationMode: "defensive",
      // Names with an underscore are easily taken for others, so services never see such headers (aws-rules E61).
      dropInvalidHeaderFields: true,
      enableDeletionProtection: args.deletionProtection,
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      tags,
    },
    // AWS refuses too late: by then `pulumi destroy` has deleted records and instances. The engine refuses in its preview, and
    // because of the hook also without one.
    { parent, protect: args.deletionProtection, ...(hook && { hooks: { beforeDelete: [hook] } }) },
  );
  if (args.webAcl !== undefined) {
    new aws.wafv2.WebAclAssociation(
      `${name}-web-acl`,
      { resourceArn: loadBalancer.arn, webAclArn: args.webAcl },
      // Deleting the old association after the new one is made would take the new web ACL away.
      { parent, deleteBeforeReplace: true },
    );
  }
  if (edge === "internal") return { loadBalancer, sharedListener: null };
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
  const { certificateArn } = args;
  return {
    loadBalancer,
    sharedListener: createListener(parent, `${name}-https`, { loadBalancer, port: HTTPS, certificateArn, tags }),
  };
}

function createFurtherCertificates(
  parent: Edge,
  edge: Exposure,
  { furtherCertificateArns = {} }: EdgeArgs,
): aws.lb.ListenerCertificate[] {
  return Object.entries(furtherCertificateArns).flatMap(([domain, certificateArn]) =>
    COLOURS.flatMap((colour) => {
      const listener = parent.sides[colour].sharedListener;
      if (!listener) return [];
      return new aws.lb.ListenerCertificate(
        `${edge}-${colour}-${domain}`,
        { listenerArn: listener.arn, certificateArn },
        { parent },
      );
    }),
  );
}

function addressOf({ loadBalancer }: EdgeSide) {
  return { arn: loadBalancer.arn, dnsName: loadBalancer.dnsName };
}
