import { dateTimeText } from "../../core/date-time-text";
import { freezeWindowAt, freezeWindowText } from "../../core/freeze-windows";
import { type Check, ok, todo } from "../check";

/** Checks that deploys are not frozen. */
export const freeze: Check = {
  name: "freeze",
  async examine({ store, stack, settings, nowMs }) {
    const frozen = await (await store()).frozen();
    const window = freezeWindowAt(settings.settings.freeze, nowMs);
    if (!frozen && !window) return [ok("deploys are allowed")];
    if (!frozen)
      return [
        todo(`the settings freeze deploys ${freezeWindowText(window!)}`, "wait, or give --despite-freeze a reason"),
      ];
    const { who, sinceMs, reason } = frozen;
    return [
      todo(
        `deploys are frozen by ${who} since ${dateTimeText(sinceMs)} UTC: ${reason}`,
        `\`npx aoshingo unfreeze --stack ${stack}\` ends the freeze`,
      ),
    ];
  },
};
