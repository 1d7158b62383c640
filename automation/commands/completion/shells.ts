/** The shells for which there is a script: `aoshingo.<shell>` beside this file. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];
