import { grantsFor, missingGrants, unionOf } from "../../../components/live/grants";
import { configurationOfRelease, type Release } from "../../../components/live/release";
import { allSecrets } from "../../../components/live/sidecars";
import { isDatabasePassword } from "../../../components/settings/database-variables";
import type { RunState } from "../context";

/** A line if the release needs rights that the stack does not give to the service. Empty where an older program wrote the stack. */
export function rightsProblems({ outputs }: RunState, service: string, release: Release): string[] {
  const granted = outputs.grants?.[service];
  const configuration = configurationOfRelease(release);
  if (!granted || !configuration) return [];
  const all = unionOf(granted);
  // The right to its password in a database comes with uses.
  const secretArns = allSecrets(configuration)
    .filter(({ variable }) => !isDatabasePassword(configuration.uses, variable))
    .map(({ secret: { from, arn } }) => arn ?? parameterArnIn(all.secretArns, from));
  const missing = missingGrants(grantsFor(configuration, secretArns), all);
  return missing.length === 0
    ? []
    : [`${service} ${release.name} needs rights that the stack does not have yet: ${missing.join(", ")}`];
}

/** The ARN of an SSM parameter among these; else the reference, which is none of them. */
function parameterArnIn(arns: readonly string[], reference: string): string {
  const end = `:parameter/${reference.replace(/^ssm:\/?/, "")}`;
  return arns.find((arn) => arn.endsWith(end)) ?? reference;
}
