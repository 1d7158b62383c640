/** The tags of AWS resources by ARN: for the condition keys `aws:ResourceTag/...` of policies, and to list them. */
export class ResourceTags {
  readonly #byArn = new Map<string, Readonly<Record<string, string>>>();

  set(arn: string, tags: Readonly<Record<string, string>>): void {
    this.#byArn.set(arn, tags);
  }

  delete(arn: string): void {
    this.#byArn.delete(arn);
  }

  /** Returns the resources that there are; those without tags are among them. */
  all(): { arn: string; tags: Readonly<Record<string, string>> }[] {
    return [...this.#byArn].map(([arn, tags]) => ({ arn, tags }));
  }

  /** Returns the condition keys of a resource, in lower case as policies are compared; none if it is not known. */
  conditionKeys(arn: string): Record<string, string> {
    const tags = this.#byArn.get(arn) ?? {};
    return Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]),
    );
  }
}
