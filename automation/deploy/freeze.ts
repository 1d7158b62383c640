import { UserError } from "../../components/core/user-error";
import { type FreezeWindow, freezeWindowAt, freezeWindowText } from "../core/freeze-windows";
import type { DeployStore } from "../ports/store";
import type { RunTools } from "./context";

/**
 * @throws UserError with exit code 1 while the stack is frozen, by somebody or by a window of the settings, unless the
 * command line says to go on all the same
 */
export async function assertNotFrozen(tools: RunTools, store: DeployStore): Promise<void> {
  if (tools.despiteFreeze) return;
  const freeze = await store.frozen();
  if (freeze)
    throw new UserError(
      `deploys are frozen by ${freeze.who} since ${new Date(freeze.sinceMs).toISOString()}: ${freeze.reason}; \`unfreeze\` ends it`,
      { exitCode: 1 },
    );
  const window = freezeWindowAt(tools.settings.freeze, tools.clock.now());
  if (window) throw frozenByWindow(window);
}

/** @throws UserError with exit code 1 in a window of the settings that has no exception for a rollback */
export function assertMayRollBack({ settings, clock, despiteFreeze }: RunTools): void {
  const windows = settings.freeze.filter(({ except }) => except !== "rollback");
  const window = despiteFreeze ? null : freezeWindowAt(windows, clock.now());
  if (window) throw frozenByWindow(window);
}

function frozenByWindow(window: FreezeWindow): UserError {
  return new UserError(
    `the settings freeze deploys ${freezeWindowText(window)}: wait, or go on with --despite-freeze "REASON"`,
    { exitCode: 1 },
  );
}
