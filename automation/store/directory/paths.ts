import { join } from "node:path";

/** The end of a journal's file, behind the run's id. */
export const JOURNAL_EXTENSION = ".ndjson";

/** Returns the folder of journals in a stack's store. */
export function journalFolder(store: string): string {
  return join(store, "journal");
}
