import type { CloudContext } from "../../../kernel/context";

/**
 * Which load balancer has which web ACL; it has one at most. The ACLs themselves are made outside the stack, so that
 * any ACL of this account and region counts as existing; its rules see no request of a rehearsal.
 */
export class WebAcls {
  readonly #form: RegExp;
  readonly #ofResource = new Map<string, string>();

  constructor({ region, accountId }: Pick<CloudContext, "region" | "accountId">) {
    this.#form = new RegExp(`^arn:aws:wafv2:${region}:${accountId}:regional/webacl/[\\w-]{1,128}/[\\w-]{1,36}$`);
  }

  exists(webAclArn: string): boolean {
    return this.#form.test(webAclArn);
  }

  /** Gives the resource this web ACL in place of one that it has. */
  associate(webAclArn: string, resourceArn: string): void {
    this.#ofResource.set(resourceArn, webAclArn);
  }

  /** Takes the resource's web ACL away, whichever it is. */
  disassociate(resourceArn: string): void {
    this.#ofResource.delete(resourceArn);
  }

  /** Returns the ARN of the resource's web ACL. */
  forResource(resourceArn: string): string | undefined {
    return this.#ofResource.get(resourceArn);
  }
}
