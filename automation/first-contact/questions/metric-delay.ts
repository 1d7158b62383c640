import type { Question } from "../question";

/** AWS seconds. */
const MINUTE = 60;
const LIMIT_SECONDS = 900;

/** Waits until the requests of the minute that runs now, in which there is traffic, can be read from CloudWatch. */
export const metricDelay: Question = {
  title: "how late metrics are",
  numbers: ["metricDelay"],
  moments: ["retired"],

  async ask(trial) {
    const { active, colours } = await trial.service();
    const { timeScale, observer } = trial.parts;
    const periodSeconds = MINUTE / timeScale;
    const periodMs = periodSeconds * 1000;
    const fromMs = Math.floor(trial.now() / periodMs) * periodMs;
    const toMs = fromMs + periodMs;
    const seconds = await trial.until(LIMIT_SECONDS, async () => {
      if (trial.now() < toMs) return null;
      const [period] = await observer.traffic(colours[active].targetGroups, { fromMs, toMs, periodSeconds });
      return period && period.requests > 0 ? trial.since(toMs) : null;
    });
    return { seconds: { metricDelay: seconds === null ? [] : [seconds] } };
  },
};
