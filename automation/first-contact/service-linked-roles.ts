import { CreateServiceLinkedRoleCommand, GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";

/** The services that act by a role of their own, with its name (aws-rules I17). */
const ROLES: Readonly<Record<string, string>> = {
  "ecs.amazonaws.com": "AWSServiceRoleForECS",
  "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
  "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
};

/** Returns the services whose service-linked role is missing. */
export async function missingServiceLinkedRoles(iam: IAMClient): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(ROLES).map(async ([service, RoleName]) => {
      try {
        await iam.send(new GetRoleCommand({ RoleName }));
        return [];
      } catch (error) {
        if (isGone(error)) return [service];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** Creates them. They cost nothing and stay: AWS makes them itself at the first use, and then refuses that use. */
export async function createServiceLinkedRoles(iam: IAMClient, services: readonly string[]): Promise<void> {
  for (const AWSServiceName of services) await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
}

/** True for IAM's answer about a role or policy that does not exist. */
export function isGone(error: unknown): boolean {
  return /^NoSuchEntity/.test((error as Error).name);
}
