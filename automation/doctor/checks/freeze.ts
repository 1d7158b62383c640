import { dateTimeText } from "../../output/time-text";
import { type Check, ok, todo } from "../check";

/** Checks that deploys are not frozen. */
export const freeze: Check = {
  name: "freeze",
  async examine({ store, stack }) {
    const frozen = await (await store()).frozen();
    if (!frozen) return [ok("deploys are allowed")];
    const { who, sinceMs, reason } = frozen;
    return [
      todo(
        `deploys are frozen by ${who} since ${dateTimeText(sinceMs)} UTC: ${reason}`,
        `\`npm run unfreeze -- --stack ${stack}\` ends the freeze`,
      ),
    ];
  },
};
