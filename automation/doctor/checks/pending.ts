import { type ExportedState, labelOf } from "../../stack/exported-state";
import { type Check, type Finding, ok, todo, Unavailable } from "../check";

/** Checks that the engine left no operation half done. */
export const pending: Check = {
  name: "pending operations",
  async examine({ state }) {
    return [
      pendingFinding(
        await state().catch(() => {
          throw new Unavailable("needs the stack's state (see Pulumi state)");
        }),
      ),
    ];
  },
};

export function pendingFinding({ deployment }: ExportedState): Finding {
  const operations = deployment?.pending_operations ?? [];
  if (operations.length === 0) return ok("none");
  const named = operations.map(({ type, resource }) => `${type} ${labelOf(resource)}`);
  return todo(named.join(", "), "the next deploy, `resume` or `abort` clears them; so does `pulumi refresh`");
}
