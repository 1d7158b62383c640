import { type Belief, type BeliefId, type Measured, NUMBER_NAMES, type NumberName } from "./observed";
import type { Answer, Question } from "./question";

/** Two places say more than any of the measurements does. */
const PLACES = 100;

/** Keeps the answers of a run. */
export class Tally {
  readonly #seconds = new Map<NumberName, number[]>();
  readonly #beliefs: Map<BeliefId, Belief>;

  constructor(questions: readonly Question[]) {
    this.#beliefs = new Map(
      questions.flatMap(({ belief }) =>
        belief ? [[belief.id, { id: belief.id, belief: belief.text, says: "not seen", evidence: "" }] as const] : [],
      ),
    );
  }

  /** Notes an answer. What refutes a belief stays, and what says nothing takes nothing back. */
  note({ belief }: Question, { says = "not seen", evidence = "", seconds = {} }: Answer): void {
    for (const [name, samples] of Object.entries(seconds) as [NumberName, readonly number[]][])
      this.#seconds.set(name, [...(this.#seconds.get(name) ?? []), ...samples]);
    const known = belief && this.#beliefs.get(belief.id)!;
    if (!known || known.says === "refuted" || (says === "not seen" && known.says !== "not seen")) return;
    this.#beliefs.set(known.id, { ...known, says, evidence });
  }

  /** Each number with its range; null for one that was not seen. */
  get numbers(): Record<NumberName, Measured | null> {
    return Object.fromEntries(NUMBER_NAMES.map((name) => [name, measuredOf(this.#seconds.get(name) ?? [])])) as Record<
      NumberName,
      Measured | null
    >;
  }

  get beliefs(): Belief[] {
    return [...this.#beliefs.values()].sort((one, two) => (one.id < two.id ? -1 : 1));
  }
}

function measuredOf(samples: readonly number[]): Measured | null {
  if (samples.length === 0) return null;
  const rounded = samples.map((seconds) => Math.round(Math.max(0, seconds) * PLACES) / PLACES);
  return { min: Math.min(...rounded), max: Math.max(...rounded), samples: samples.length };
}
