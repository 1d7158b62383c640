import { UserError } from "../../components/core/user-error";
import { JOURNAL_VERSION, type JournalEntry, journalEntrySchema } from "../ports/journal";
import { upgradedEntry } from "./older-journals";
import { firstProblem } from "./record-schemas";

const REMEDY = "read it and move it away, then try again: what is live is in the stack, not here";

/**
 * Parses an entry of any version that this program knows.
 * @param address where the entry is kept, for the message
 * @throws UserError if it is not an entry, or was written by a newer version of this program
 */
export function parseEntry(text: string, address: string): JournalEntry {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${address} is not a journal entry: it is not JSON; ${REMEDY}`);
  }
  const version = (json as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > JOURNAL_VERSION) {
    throw new UserError(
      `${address} was written by a newer aoshingo: journal version ${version}, this one reads up to ${JOURNAL_VERSION}; update aoshingo`,
    );
  }
  const parsed = journalEntrySchema.safeParse(upgradedEntry(json));
  if (parsed.success) return parsed.data;
  throw new UserError(`${address} is not a journal entry: ${firstProblem(parsed.error)}; ${REMEDY}`);
}

export function unknownDeploy(deploy: string): UserError {
  return new UserError(`there is no deploy ${deploy}: \`npx aoshingo history\` shows all of them`);
}
