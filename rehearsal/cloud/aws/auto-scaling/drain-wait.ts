import type { CloudContext } from "../../context";
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
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  await new Promise<void>((resolve, reject) => {
    const settle = (failure?: string) => {
      unsubscribe();
      over.abort();
      if (failure === undefined) resolve();
      else reject(new Error(`waiting for Auto Scaling Group (${group.name}) drain: ${failure}`));
    };
    const look = () => {
      if (group.members.length === 0) settle();
    };
    const unsubscribe = group.onChange(look);
    context.clock.sleep(limit.seconds, until).then(
      () =>
        settle(
          `timeout while waiting for state to become '0' (last state: '${group.members.length}', timeout: ${limit.text})${left(group)}`,
        ),
      () => !over.signal.aborted && settle("the engine hung up"),
    );
    look();
  });
}

function left(group: Group): string {
  return group.members
    .map(({ instance, lifecycleState }) => `\n  ${instance.instanceId} is ${lifecycleState}`)
    .join("");
}
