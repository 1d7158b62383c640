import { when } from "../../output/when";
import { type Check, ok, todo } from "../check";

/** Deploys are allowed. */
export const freeze: Check = {
  name: "freeze",
  async look({ store, stack }) {
    const frozen = await (await store()).frozen();
    if (!frozen) return [ok("deploys are allowed")];
    const { who, sinceMs, reason } = frozen;
    return [
      todo(
        `deploys are frozen by ${who} since ${when(sinceMs)} UTC: ${reason}`,
        `\`npm run unfreeze -- --stack ${stack}\` when that is over`,
      ),
    ];
  },
};
