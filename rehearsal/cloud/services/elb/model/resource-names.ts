import { AwsError } from "../../../kernel/aws-error";

/** The longest name of a load balancer or target group, in characters (E2, E3). */
export const MAX_NAME_LENGTH = 32;

/**
 * Checks the name of a load balancer or target group (E2, E3).
 * @param kind for the message
 * @throws AwsError ValidationError
 */
export function checkName(kind: "Load balancer" | "Target group", name: string): void {
  const named = `${kind} name '${name}'`;
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) {
    throw new AwsError("ValidationError", `${named} cannot be longer than '${MAX_NAME_LENGTH}' characters`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw new AwsError(
      "ValidationError",
      `${named} can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (name.startsWith("-") || name.endsWith("-")) {
    throw new AwsError("ValidationError", `${named} cannot begin or end with a hyphen(-)`);
  }
  if (kind === "Load balancer" && name.toLowerCase().startsWith("internal-")) {
    throw new AwsError("ValidationError", `${named} cannot begin with 'internal-'`);
  }
}
