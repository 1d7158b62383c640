import type { Rates, TrafficPeriod } from "../../ports/observer";

export function ratesOf(periods: readonly TrafficPeriod[]): Rates {
  let requests = 0;
  let errors = 0;
  let timed = 0;
  let seconds = 0;
  for (const period of periods) {
    requests += period.requests;
    errors += period.errors;
    if (period.responseSeconds === null) continue;
    timed += period.requests;
    seconds += period.requests * period.responseSeconds;
  }
  return {
    requests,
    errors,
    errorPercent: requests === 0 ? 0 : (errors / requests) * 100,
    responseSeconds: timed === 0 ? null : seconds / timed,
  };
}

/** A percentage for people, such as `5.10 %`. */
export function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** A duration in seconds as milliseconds for people, such as `35 ms`. */
export function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
