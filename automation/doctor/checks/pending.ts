import { labelOf } from "../../stack/exported-state";
import { type Check, ok, todo, Unavailable } from "../check";
import { remedyBetweenRuns } from "../last-run";

/** Checks that the engine left no operation half done. */
export const pending: Check = {
  name: "pending operations",
  async examine(examined) {
    const { deployment } = await examined.state().catch(() => {
      throw new Unavailable("needs the stack's state (see Pulumi state)");
    });
    const operations = deployment?.pending_operations ?? [];
    if (operations.length === 0) return [ok("none")];
    const named = operations.map(({ type, resource }) => `${type} ${labelOf(resource)}`);
    return [
      todo(
        named.join(", "),
        await remedyBetweenRuns(examined, "the next deploy clears them; so does `pulumi refresh`"),
      ),
    ];
  },
};
