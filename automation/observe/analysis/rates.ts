import type { Rates, TrafficPeriod } from "../../ports/observer";

/**
 * Returns the periods taken together. Requests that have no end in them count as errors: they got no response, all but those in flight.
 * @param inFlight how many may still be in flight at the end. Default 0
 */
export function ratesOf(periods: readonly TrafficPeriod[], inFlight = 0): Rates {
  let requests = 0;
  let errors = 0;
  let ended = 0;
  let timed = 0;
  let seconds = 0;
  for (const period of periods) {
    requests += period.requests;
    errors += period.errors;
    ended += period.ended;
    if (period.responseSeconds === null) continue;
    timed += period.requests;
    seconds += period.requests * period.responseSeconds;
  }
  errors += Math.max(0, requests - ended - inFlight);
  return {
    requests,
    errors,
    errorPercent: requests === 0 ? 0 : (errors / requests) * 100,
    responseSeconds: timed === 0 ? null : seconds / timed,
  };
}

/**
 * Returns the rates with no request as an error that may still be in flight. These are at most as many as the newest period had: one that began
 * before was answered in it, or cut by the load balancer's idle timeout, which is 60 s, as long as a period on AWS. Only uploads that take longer on
 * the average of all requests would be more. AWS does not say whether it counts a request at its begin or its end; with the end, none is in flight.
 */
export function leastRatesOf(periods: readonly TrafficPeriod[]): Rates {
  return ratesOf(periods, periods.at(-1)?.requests);
}

/** A percentage for people, such as `5.10 %`. */
export function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** A duration in seconds as milliseconds for people, such as `35 ms`. */
export function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
