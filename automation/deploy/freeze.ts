import { UserError } from "../../components/core/user-error";
import { type FreezeWindow, freezeWindowAt, freezeWindowText } from "../core/freeze-windows";
import type { Freezes } from "../ports/store";
import type { RunTools } from "./context";

/** Returns who or what freezes the stack's deploys now; null if nothing does, or the command line says to go on all the same. */
export async function frozenBy(
  { despiteFreeze, settings, clock }: Pick<RunTools, "despiteFreeze" | "settings" | "clock">,
  store: Freezes,
): Promise<string | null> {
  if (despiteFreeze) return null;
  const freeze = await store.frozen();
  if (freeze)
    return `deploys are frozen by ${freeze.who} since ${new Date(freeze.sinceMs).toISOString()}: ${freeze.reason}; \`unfreeze\` ends it`;
  const window = freezeWindowAt(settings.freeze, clock.now());
  return window && inWindow(window);
}

/** @throws UserError with exit code 1 while the stack is frozen, by somebody or by a window of the settings */
export async function assertNotFrozen(tools: RunTools, store: Freezes): Promise<void> {
  const frozen = await frozenBy(tools, store);
  if (frozen !== null) throw new UserError(frozen, { exitCode: 1 });
}

/** @throws UserError with exit code 1 in a window of the settings that has no exception for a rollback */
export function assertMayRollBack({ settings, clock, despiteFreeze }: RunTools): void {
  const windows = settings.freeze.filter(({ except }) => except !== "rollback");
  const window = despiteFreeze ? null : freezeWindowAt(windows, clock.now());
  if (window) throw new UserError(inWindow(window), { exitCode: 1 });
}

function inWindow(window: FreezeWindow): string {
  return `the settings freeze deploys ${freezeWindowText(window)}: wait, or go on with --despite-freeze "REASON"`;
}
