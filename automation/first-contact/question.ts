import type { BeliefId, NumberName } from "./observed";
import type { Trial } from "./trial";

/** Where on the path of a run something is asked. */
export type Moment =
  /** After the first `up`: the infrastructure without a release. */
  | "up"
  /** After each deploy and the rollback. */
  | "active"
  /** After the second deploy, whose old colour has been retired. */
  | "retired"
  /** At the end, when the stack need not serve any more. */
  | "last";

export interface Answer {
  /** For a question that has a belief. */
  says?: "confirmed" | "refuted" | "not seen";
  /** What was seen, in one line. */
  evidence?: string;
  /** AWS seconds, one for each time that it was seen. */
  seconds?: Partial<Record<NumberName, readonly number[]>>;
}

/** One thing that only an account can say. */
export interface Question {
  /** What is asked, for people: a noun phrase. */
  title: string;
  /** What this project takes for granted, with its letter in the audit of what AWS refuses. */
  belief?: { id: BeliefId; text: string };
  /** The numbers that it measures. */
  numbers?: readonly NumberName[];
  moments: readonly Moment[];
  /** @throws what AWS answers; the run then notes that it was not seen */
  ask(trial: Trial): Promise<Answer>;
}
