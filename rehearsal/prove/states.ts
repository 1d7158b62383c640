import type { Turn } from "./schedule";

export type Which = "old" | "new";

/** Names of the two releases. */
export interface Names {
  old: string;
  new: string;
}

/**
 * A run of the schedule on a database of its own. These are the states that a deploy and its way back can have
 * (docs/how-a-deploy-works.md has the deploy's steps).
 */
export interface State {
  /** Which schema the database has at the beginning. */
  schema: Which;
  /** Whether the new release's migration runs between the turns of `before` and those of `after`. */
  migrates: boolean;
  /** The releases that are up, from the beginning on: a deploy starts the new one before it migrates. */
  up: readonly Which[];
  performer(turn: Turn): Which;
  /** How a message calls the state at a turn. */
  title(turn: Turn, names: Names): string;
}

const alternating = (first: Which, { isSecond }: Turn): Which => (isSecond ? otherOf(first) : first);
export const otherOf = (which: Which): Which => (which === "old" ? "new" : "old");

const duringOrAfter = ({ stage }: Turn, names: Names) =>
  stage === "before"
    ? `${names.old} alone`
    : stage === "during"
      ? `${names.old} during ${names.new}'s migration`
      : `${names.old} on ${names.new}'s schema`;
const atOnce = (names: Names) => `${names.old} and ${names.new} at once`;

export const STATES = {
  oldAlone: {
    schema: "old",
    migrates: false,
    up: ["old"],
    performer: () => "old",
    title: (_, names) => `${names.old} alone`,
  },
  newAlone: {
    schema: "new",
    migrates: false,
    up: ["new"],
    performer: () => "new",
    title: (_, names) => `${names.new} alone`,
  },
  /** The old release serves everybody while the new one's migration runs, and after it. */
  oldThroughMigration: {
    schema: "old",
    migrates: true,
    up: ["old"],
    performer: () => "old",
    title: duringOrAfter,
  },
  /** The deploy: the old release until the migration has ended, then both at once, then the new one. */
  deploy: {
    schema: "old",
    migrates: true,
    up: ["old", "new"],
    performer: (turn) =>
      turn.part === "alternate"
        ? alternating("old", turn)
        : turn.stage === "rest" || turn.stage === "last"
          ? "new"
          : "old",
    title: (turn, names) =>
      turn.part === "alternate"
        ? atOnce(names)
        : turn.stage === "rest" || turn.stage === "last"
          ? `${names.new} with rows that ${names.old} wrote`
          : duringOrAfter(turn, names),
  },
  /** The way back: the new release, then both at once, then the old one on what the new one has left. */
  wayBack: {
    schema: "new",
    migrates: false,
    up: ["new", "old"],
    performer: (turn) =>
      turn.part === "alternate"
        ? alternating("new", turn)
        : turn.stage === "rest" || turn.stage === "last"
          ? "old"
          : "new",
    title: (turn, names) =>
      turn.part === "alternate"
        ? atOnce(names)
        : turn.stage === "rest" || turn.stage === "last"
          ? `back to ${names.old} with rows that ${names.new} wrote`
          : `${names.new} alone`,
  },
} as const satisfies Record<string, State>;

export type StateName = keyof typeof STATES;
