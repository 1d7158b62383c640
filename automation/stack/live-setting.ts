import type { Live } from "../../components/live/live";
import { changeDocument } from "./change-document";

/** Writes a live state into a copy of a stack's settings file. */
export function writeLiveSetting(file: string, live: Live): Promise<void> {
  return changeDocument(file, (settings) => settings.setIn(["config", "aoshingo:live"], live));
}
