import type { ExportedResource } from "../exported-state";

/** What an interrupted create really made, and the state does not know. */
export interface Orphans {
  /**
   * Removes it, so that the next `up` makes it as if nothing had been.
   * @param created as it was to become
   * @param known the state's resources
   * @returns one line for people; null if there was nothing
   */
  remove(created: ExportedResource, known: readonly ExportedResource[]): Promise<string | null>;
}
