type Tags = Readonly<Record<string, string>>;

/** AWS seconds for which a deleted resource is listed (aws-rules V13). Ours: some minutes to hours were seen. */
const LISTED_SECONDS = 300;

/** The tags of AWS resources by ARN: for the condition keys `aws:ResourceTag/...` of policies, and to list them. */
export class ResourceTags {
  readonly #byArn = new Map<string, Tags>();
  /** Deleted resources that are still listed, with AWS's time at which that ends. */
  readonly #deleted = new Map<string, { tags: Tags; untilMs: number }>();

  /** @param clock AWS's time, in Unix milliseconds */
  constructor(private readonly clock: { readonly nowMs: number }) {}

  set(arn: string, tags: Tags): void {
    this.#byArn.set(arn, tags);
    this.#deleted.delete(arn);
  }

  delete(arn: string): void {
    const tags = this.#byArn.get(arn);
    if (!tags) return;
    this.#byArn.delete(arn);
    this.#deleted.set(arn, { tags, untilMs: this.clock.nowMs + LISTED_SECONDS * 1000 });
  }

  /** Returns the resources that AWS lists: those without tags are among them, and those that were deleted a while ago (V13). */
  listed(): { arn: string; tags: Tags }[] {
    for (const [arn, { untilMs }] of this.#deleted) if (untilMs <= this.clock.nowMs) this.#deleted.delete(arn);
    return [
      ...[...this.#byArn].map(([arn, tags]) => ({ arn, tags })),
      ...[...this.#deleted].map(([arn, { tags }]) => ({ arn, tags })),
    ];
  }

  /** Returns the condition keys of a resource, in lower case as policies are compared; none if it is not known. */
  conditionKeys(arn: string): Record<string, string> {
    const tags = this.#byArn.get(arn) ?? {};
    return Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]),
    );
  }
}
