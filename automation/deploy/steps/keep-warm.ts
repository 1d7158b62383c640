import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import type { Live } from "../../../components/live/live";
import { dateTimeText } from "../../core/date-time-text";
import { activeSizes, followSchedules, untilLoadIsSeen } from "../active-sizes";
import type { RunState, StepContext } from "../context";
import { keptWarm } from "../live-transitions";
import type { Step, Work } from "../step";
import { upTo } from "../up";

/**
 * Periods of metrics, minutes on AWS, for which a colour stays warm at least: the `up` creates the scheduled action for a time that is then still to come,
 * or AWS refuses it (aws-rules A30).
 */
const LEAST_PERIODS = 2;

/**
 * Instead of `retire`: leaves the old colours as they are until a time, and has Auto Scaling take them to 0 then, without
 * this program. They have no traffic any more: the drain is over.
 */
export const keepWarm: Step = {
  name: "keepWarm",
  title: "Keep the old colour warm for a time",
  plan: ({ toKeepWarm }) => ({ services: toKeepWarm }),
  floorSeconds: () => 5,
  intend: keptWarmLive,
  forecast: (service, { live }, after) => {
    const idle = other(live.services[service]!.active);
    const { size, until } = after.services[service]!.colours[idle];
    const [stay, end] = size === 1 ? ["stays", "ends by itself"] : ["stay", "end by themselves"];
    return `${service} ${idle}: ${countOf(size, "instance")} ${stay} warm until about ${dateTimeText(until!)} UTC, and ${end}`;
  },

  async perform(context, state, { services, intended }) {
    const hasWaited = await untilLoadIsSeen(context, state, "keepWarm", services);
    const following = await followSchedules(context, state, "keepWarm", services);
    const live = following === state && !hasWaited ? intended! : keptWarmLive(context, following, { services });
    const what = services.map((name) => `${name} ${other(live.services[name]!.active)}`);
    const next = await upTo(context, following, "keepWarm", live, `keep ${what.join(", ")} warm`);
    const lines = services.map((name) => {
      const idle = other(next.live.services[name]!.active);
      const { until } = next.live.services[name]!.colours[idle];
      // It may be over by now, if the `up` took long.
      return until === undefined
        ? `${name} ${idle} ends now`
        : `${name} ${idle} stays warm until ${dateTimeText(until)} UTC`;
    });
    return { state: next, detail: lines.join(", ") };
  },
};

function keptWarmLive(
  { settings, clock }: Pick<StepContext, "settings" | "clock">,
  { live, keepWarmMs = 0 }: Pick<RunState, "live" | "keepWarmMs">,
  { services }: Work,
): Live {
  const leastMs = LEAST_PERIODS * settings.deploy.metricPeriodSeconds * 1000;
  // A scheduled action's time has no fractions of a second.
  const untilMs = Math.ceil((clock.now() + Math.max(keepWarmMs, leastMs)) / 1000) * 1000;
  return keptWarm(live, services, untilMs, activeSizes(settings, live, services));
}
