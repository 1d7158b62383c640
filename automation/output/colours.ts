/**
 * True if a stream shows colours: it is a terminal, and the environment has neither NO_COLOR (no-color.org) nor TERM=dumb. FORCE_COLOR
 * overrules the latter, but gives no colours to a file: that must have no escape codes.
 */
export function showsColours({ isTTY }: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  return isTTY === true && !NO_COLOR && (Boolean(FORCE_COLOR) || TERM !== "dumb");
}
