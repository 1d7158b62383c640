import type { CloudContext } from "../../../kernel/context";

/** Hexadecimal digits of the ids in ELB's ARNs. */
const ID_DIGITS = 16;

/** Creates ARNs in the form that ELB uses. */
export class ElbArns {
  readonly #context: Pick<CloudContext, "region" | "accountId" | "random">;

  constructor(context: Pick<CloudContext, "region" | "accountId" | "random">) {
    this.#context = context;
  }

  loadBalancer(name: string): string {
    return this.#arn(`loadbalancer/app/${name}/${this.#id()}`);
  }

  targetGroup(name: string): string {
    return this.#arn(`targetgroup/${name}/${this.#id()}`);
  }

  listener(loadBalancerArn: string): string {
    return `${loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${this.#id()}`;
  }

  rule(listenerArn: string): string {
    return `${listenerArn.replace(":listener/", ":listener-rule/")}/${this.#id()}`;
  }

  #arn(resource: string): string {
    return `arn:aws:elasticloadbalancing:${this.#context.region}:${this.#context.accountId}:${resource}`;
  }

  #id(): string {
    return this.#context.random.hex(ID_DIGITS);
  }
}

/** The part of an ARN that CloudWatch uses as a dimension: `app/<name>/<id>` or `targetgroup/<name>/<id>`. */
export function arnSuffix(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");
}
