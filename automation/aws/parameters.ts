import { paginateDescribeParameters, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";

/** Maximum of values in one filter of DescribeParameters. */
const MAX_NAMES = 50;

/**
 * The name of a parameter in a hierarchy begins with a slash, which its ARN and many settings leave out.
 * @public loaded by require, which the search for unused exports does not see
 */
export function parameterName(name: string): string {
  return name.includes("/") && !name.startsWith("/") ? `/${name}` : name;
}

/**
 * Returns the current version of each SSM parameter by its name; one that does not exist is missing.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function parameterVersions(
  config: Pick<SSMClientConfig, "region" | "maxAttempts">,
  names: readonly string[],
): Promise<Map<string, string>> {
  const client = new SSMClient(config);
  const unique = [...new Set(names)];
  const versions = new Map<string, string>();
  for (let from = 0; from < unique.length; from += MAX_NAMES) {
    const filter = { Key: "Name", Option: "Equals", Values: unique.slice(from, from + MAX_NAMES) };
    for await (const { Parameters } of paginateDescribeParameters({ client }, { ParameterFilters: [filter] }))
      for (const { Name, Version } of Parameters ?? []) versions.set(Name ?? "", `${Version}`);
  }
  return versions;
}
