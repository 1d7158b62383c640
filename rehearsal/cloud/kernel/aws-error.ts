/** What AWS answers when it refuses a call: a code that programs match on, and a sentence for a person. */
export class AwsError extends Error {
  /**
   * @param code AWS's error code, such as `DuplicateLoadBalancerName`
   * @param message AWS's own wording where it is known (aws-rules.md)
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "AwsError";
  }
}

/** The call was accepted and the resource exists, but waiting for it to be ready ended badly (a provider's time-out, say). */
export class NotReadyError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly outputs: Record<string, unknown>,
  ) {
    super(message);
    this.name = "NotReadyError";
  }
}
