import type { StackOutputs } from "../../../components/live/outputs";
import { type Check, type Finding, ok, todo } from "../check";

/** AWS knows who asks, and it is somebody of the stack's account. */
export const credentials: Check = {
  name: "credentials",
  async look({ account, outputs, settings }) {
    try {
      const caller = await account.caller();
      return [judgeCaller(caller, settings.region, await outputs().catch(() => null))];
    } catch (error) {
      return [
        todo(
          `AWS does not say who you are: ${(error as Error).message.split("\n")[0]}`,
          "set AWS_PROFILE, or sign in again",
        ),
      ];
    }
  },
};

function judgeCaller(
  { account, arn }: { account: string; arn: string },
  region: string,
  outputs: Pick<StackOutputs, "services"> | null,
): Finding {
  const [service] = Object.values(outputs?.services ?? {});
  const own = service && /^(\d{12})\./.exec(service.repository.url)?.[1];
  if (own === undefined || own === account) return ok(`${arn}, ${region}`);
  return todo(`${arn} is of another account than the stack's, ${own}`, `use credentials of ${own}`);
}
