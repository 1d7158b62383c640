import { UserError } from "../../components/core/user-error";

export function noInfrastructure(stack: string): UserError {
  return new UserError(`stack "${stack}" has no infrastructure yet: run \`pulumi up --stack ${stack}\` first`);
}
