import { AwsError } from "../../../kernel/aws-error";

/** The instance types that an account on the Free plan may launch (aws-rules A34). */
const TYPES: ReadonlySet<string> = new Set([
  ...["t3.micro", "t3.small", "t4g.micro", "t4g.small"],
  ...["c7i-flex.large", "m7i-flex.large"],
]);

/** Refuses a launch of another type in an account on the Free plan (aws-rules A34). */
export function refuseBeyondFreePlan(instanceType: string): void {
  if (TYPES.has(instanceType)) return;
  throw new AwsError(
    "InvalidParameterCombination",
    "The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, run 'describe-instance-types' with the filter 'free-tier-eligible=true'.",
  );
}
