import type { Live, LiveSetting } from "../../components/live/live";
import { changeDocument } from "./change-document";

/**
 * Writes a live state into a copy of a stack's settings file.
 * @param unsettled services of the `up` before, if it did not come to its end
 */
export function writeLiveSetting(file: string, live: Live, unsettled: readonly string[] = []): Promise<void> {
  const setting: LiveSetting = { ...live, ...(unsettled.length === 0 ? {} : { unsettled: [...unsettled] }) };
  return changeDocument(file, (settings) => settings.setIn(["config", "aoshingo:live"], setting));
}
