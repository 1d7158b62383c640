import type { Question } from "../question";

/** Runs `up` once more without any change. */
export const secondRun: Question = {
  title: "whether a second `up` changes nothing",
  belief: { id: "f", text: "two runs in a row are clean: an `up` without a change changes nothing" },
  moments: ["retired"],

  async ask(trial) {
    const changed = await trial.parts.changesOfOneMoreUp();
    return {
      says: changed === 0 ? "confirmed" : "refuted",
      evidence: `an \`up\` that was asked for no change changed ${changed} resources`,
    };
  },
};
