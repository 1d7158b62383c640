import { AwsError } from "../../../kernel/aws-error";

/** RDS's service-linked role, which it makes at its first use (aws-rules I17). */
export class RdsRole {
  /** @param isThereOrCreated whether it was there; if not, the call has made it */
  constructor(private readonly isThereOrCreated: () => boolean) {}

  /** @throws AwsError where the call is the account's first use of RDS: the next one passes */
  assertThere(): void {
    if (this.isThereOrCreated()) return;
    throw new AwsError(
      "InvalidParameterValue",
      "Unable to create the resource. Verify that you have permission to create service linked role. Otherwise wait and try again later",
    );
  }
}
