import { type ExportedState, labelOf } from "../../stack/exported-state";
import { type Check, type Finding, ok, todo, Unseen } from "../check";

/** Nothing that the engine was doing when it ended is left half done. */
export const pending: Check = {
  name: "pending operations",
  async look({ state }) {
    return [
      judgePending(
        await state().catch(() => {
          throw new Unseen("needs the stack's state (see Pulumi state)");
        }),
      ),
    ];
  },
};

export function judgePending({ deployment }: ExportedState): Finding {
  const operations = deployment?.pending_operations ?? [];
  if (operations.length === 0) return ok("none");
  const named = operations.map(({ type, resource }) => `${type} ${labelOf(resource)}`);
  return todo(named.join(", "), "the next deploy clears them, and so does `resume` or `abort`; or `pulumi refresh`");
}
