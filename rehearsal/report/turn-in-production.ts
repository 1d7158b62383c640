import type { RehearsalReport, TurnBack } from "./types";

/** The last deploy that went back after production had reached its release. */
export function turnInProduction({ turns }: RehearsalReport): (TurnBack & { goneAfterMs: number }) | null {
  const turn = turns.findLast(({ goneAfterMs }) => goneAfterMs !== null);
  return turn ? { ...turn, goneAfterMs: turn.goneAfterMs! } : null;
}
