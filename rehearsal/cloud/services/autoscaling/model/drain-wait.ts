import type { CloudContext } from "../../../kernel/context";
import { settled } from "../../../kernel/settled";
import type { Group } from "./group";

/**
 * Waits until a group has no instance at all, also none that drains or shuts down (A19).
 *
 * @throws Error in the provider's words when `limit` (AWS seconds) is over or the engine hangs up
 */
export async function drained(
  context: CloudContext,
  group: Group,
  limit: { seconds: number; text: string },
  signal: AbortSignal,
): Promise<void> {
  const isEmpty = () => group.members.length === 0;
  if (await settled(context, (listener) => group.onChange(listener), isEmpty, limit.seconds, signal)) return;
  const why = signal.aborted
    ? "the engine hung up"
    : `timeout while waiting for state to become '0' (last state: '${group.members.length}', timeout: ${limit.text})`;
  throw new Error(`waiting for Auto Scaling Group (${group.name}) drain: ${why}${left(group)}`);
}

function left(group: Group): string {
  return group.members
    .map(({ instance, lifecycleState }) => `\n  ${instance.instanceId} is ${lifecycleState}`)
    .join("");
}
