import { AwsError } from "../../../kernel/aws-error";

const MAX_ENTRIES = 10;
const ID = /^[\w-]{1,80}$/;

/**
 * Performs each entry by itself: one that is refused is among the failed, the others go on.
 *
 * @param kind AWS's name of the entries
 */
export function performBatch<Entry extends { Id: string }>(
  entries: Entry[],
  kind: string,
  perform: (entry: Entry) => object,
): { Successful: object[]; Failed: object[] } {
  refuseBatch(
    entries.map(({ Id }) => Id),
    kind,
  );
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...perform(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function refuseBatch(ids: string[], kind: string): void {
  if (ids.length === 0) {
    throw new AwsError("EmptyBatchRequest", `There should be at least one ${kind} in the request.`);
  }
  if (ids.length > MAX_ENTRIES) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${ids.length}.`,
    );
  }
  if (!ids.every((id) => ID.test(id))) {
    throw new AwsError(
      "InvalidBatchEntryId",
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
}
