import { typed } from "../core/desired-releases";

/** How a person would type a run: `deploy users=v2`. */
export function commandLine(command: string, asked: Readonly<Record<string, string>>): string {
  return `${command} ${typed(asked)}`;
}
