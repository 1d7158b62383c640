import { isError } from "./answers";
import { nameOf } from "./requests";
import type { Run } from "./run-state";
import type { Scenario, Turn } from "./schedule";

type Outcomes = Pick<Run, "outcomes">;

/**
 * Returns why nothing is known of a step, such as that an earlier one did not give a value for it: in no repetition did the
 * release perform it alone, so no other state can be compared with that. Null if it performed each step.
 * @param isOwn whether a scenario is the release's own: what others are sent does not have to work
 */
export function neverPerformed(
  turns: readonly Turn[],
  { outcomes }: Outcomes,
  isOwn: (scenario: Scenario) => boolean,
): string | null {
  const performed = new Set(turns.flatMap((turn, index) => (outcomes[index]!.answer ? [placeOf(turn)] : [])));
  const index = turns.findIndex((turn) => isOwn(turn.scenario) && !performed.has(placeOf(turn)));
  if (index < 0) return null;
  const { scenario, step, n } = turns[index]!;
  const [missing = ""] = outcomes[index]!.missing;
  const keeper = turns.findIndex((turn) => turn.n === n && missing in (turn.scenario.steps[turn.step]!.keep ?? {}));
  const giver = scenario.steps[turns[keeper]?.step ?? 0]!;
  const answer = outcomes[keeper]?.answer;
  const why = answer
    ? `${nameOf(giver)} answers ${answer.shown}${isError(answer) ? "" : ` without ${giver.keep![missing]}`}`
    : `${nameOf(giver)} was not performed either`;
  return `scenario "${scenario.name}", step ${step + 1}, ${nameOf(scenario.steps[step]!)}: it was never performed, because {${missing}} is missing: ${why}; wanted a request that succeeds, and the path of the value in its answer`;
}

/** Returns a line for each step that was an error whenever the release performed it alone. */
export function errorsAlone(
  turns: readonly Turn[],
  { outcomes }: Outcomes,
  isOwn: (scenario: Scenario) => boolean,
): string[] {
  const answered = turns.flatMap((turn, index) => {
    const { answer } = outcomes[index]!;
    return answer && isOwn(turn.scenario) ? [{ turn, answer, place: placeOf(turn) }] : [];
  });
  const succeeded = new Set(answered.flatMap(({ answer, place }) => (isError(answer) ? [] : [place])));
  const lines = answered
    .filter(({ place }) => !succeeded.has(place))
    .map(({ turn: { scenario, step }, answer }) => {
      const name = `${nameOf(scenario.steps[step]!)} (scenario "${scenario.name}", step ${step + 1})`;
      return `${name} answers ${answer.shown} alone: only that it fails was compared`;
    });
  return [...new Set(lines)];
}

const placeOf = ({ scenario, step }: Turn) => `${scenario.isNew} ${step} ${scenario.name}`;
