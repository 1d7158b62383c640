import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";

/** TLS 1.3 and 1.2 with forward secrecy only. */
const SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export interface ListenerArgs {
  loadBalancer: aws.lb.LoadBalancer;
  port: number;
  /** ARN of an issued certificate. */
  certificateArn: pulumi.Input<string>;
  tags: Tags;
}

/** Creates an HTTPS listener on one port of a load balancer. It answers 404 for hosts that no service's rule names. */
export function createListener(parent: pulumi.Resource, name: string, args: ListenerArgs): aws.lb.Listener {
  return new aws.lb.Listener(
    name,
    {
      loadBalancerArn: args.loadBalancer.arn,
      port: args.port,
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
      tags: args.tags,
    },
    { parent },
  );
}
