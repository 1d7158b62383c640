import type { Question } from "../question";

/** AWS seconds. */
const MINUTE = 60;
const LIMIT_SECONDS = 900;
/**
 * AWS seconds for which a count has to stand still. A minute's first point may have a part of its requests
 * (Netflix/atlas pull request 1300), and load balancers take about two minutes to converge (yet-another-cloudwatch-exporter#242).
 */
const STILL_SECONDS = 120;

/** Waits until CloudWatch has all requests of the minute that runs now, in which there is traffic: when their count changed for the last time. */
export const metricDelay: Question = {
  title: "how late metrics are",
  numbers: ["metricDelay"],
  moments: ["retired"],

  async ask(trial) {
    const { active, colours } = await trial.service();
    const { timeScale, observer } = trial.parts;
    const periodSeconds = MINUTE / timeScale;
    const periodMs = periodSeconds * 1000;
    const fromMs = Math.floor(trial.awsNow() / periodMs) * periodMs;
    const toMs = fromMs + periodMs;
    let requests = 0;
    let changedMs = toMs;
    const seconds = await trial.until(LIMIT_SECONDS, async () => {
      if (trial.awsNow() < toMs) return null;
      const [period] = await observer.traffic(colours[active].targetGroups, { fromMs, toMs, periodSeconds });
      const nowMs = trial.awsNow();
      if (period && period.requests !== requests) [requests, changedMs] = [period.requests, nowMs];
      const isWhole = requests > 0 && trial.seconds(nowMs - changedMs) >= STILL_SECONDS;
      return isWhole ? trial.seconds(changedMs - toMs) : null;
    });
    return { seconds: { metricDelay: seconds === null ? [] : [seconds] } };
  },
};
