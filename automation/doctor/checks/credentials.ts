import type { StackOutputs } from "../../../components/live/outputs";
import { type Check, type Finding, ok, todo } from "../check";

/** Checks that AWS accepts the credentials, and that they belong to the stack's account. */
export const credentials: Check = {
  name: "credentials",
  async examine({ account, outputs, settings }) {
    try {
      const caller = await account.caller();
      return [callerFinding(caller, settings.region, await outputs().catch(() => null))];
    } catch (error) {
      return [
        todo(
          `AWS does not accept the credentials: ${(error as Error).message.split("\n")[0]}`,
          "set AWS_PROFILE, or sign in again",
        ),
      ];
    }
  },
};

function callerFinding(
  { account, arn }: { account: string; arn: string },
  region: string,
  outputs: Pick<StackOutputs, "services"> | null,
): Finding {
  const [service] = Object.values(outputs?.services ?? {});
  const own = service && /^(\d{12})\./.exec(service.repository.url)?.[1];
  if (own === undefined || own === account) return ok(`${arn}, ${region}`);
  return todo(`${arn} is not in the stack's account, ${own}`, `use credentials of account ${own}`);
}
