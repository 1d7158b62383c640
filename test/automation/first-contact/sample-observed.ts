import {
  type Measured,
  NUMBER_NAMES,
  type NumberName,
  OBSERVED_VERSION,
  type Observed,
} from "../../../automation/first-contact/observed";

/** What a run saw that saw these numbers only. */
export function sampleObserved(numbers: Partial<Record<NumberName, Measured>> = {}): Observed {
  return {
    version: OBSERVED_VERSION,
    cloud: "aws",
    region: "ap-northeast-1",
    startedAt: "2026-11-26T15:00:00.000Z",
    complete: true,
    numbers: Object.fromEntries(NUMBER_NAMES.map((name) => [name, numbers[name] ?? null])) as Observed["numbers"],
    beliefs: [],
  };
}
