import { paginateDescribeParameters, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { batchesOf } from "../core/batches";
import type { ObservedSecret } from "../ports/observer";

/** Maximum of values in one filter of DescribeParameters. */
const MAX_NAMES = 50;

/**
 * Returns for each SSM parameter, in the order of the names, its current version or that there is none.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function observedParameters(
  config: Pick<SSMClientConfig, "region" | "maxAttempts">,
  names: readonly string[],
): Promise<ObservedSecret[]> {
  const parameters = names.map(parameterName);
  const versions = await parameterVersions(new SSMClient(config), [...new Set(parameters)]);
  return parameters.map((name) => {
    const version = versions.get(name);
    return version === undefined ? { missing: `there is no SSM parameter ${name}` } : { version };
  });
}

/** The name of a parameter in a hierarchy begins with a slash, which its ARN and many settings leave out. */
function parameterName(name: string): string {
  return name.includes("/") && !name.startsWith("/") ? `/${name}` : name;
}

async function parameterVersions(client: SSMClient, names: readonly string[]): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const Values of batchesOf(names, MAX_NAMES)) {
    const filter = { Key: "Name", Option: "Equals", Values };
    for await (const { Parameters } of paginateDescribeParameters({ client }, { ParameterFilters: [filter] }))
      for (const { Name, Version } of Parameters ?? []) versions.set(Name ?? "", `${Version}`);
  }
  return versions;
}
