import type { Change } from "./change";

const DATABASE = "aws:rds/instance:Instance";
/** Properties whose change ends all connections (aws-rules B12). */
const INTERRUPTING: readonly string[] = ["instanceClass", "engineVersion"];

/** Returns a sentence for each group of changes by which databases cannot be reached for a while, or for ever. */
export function databaseWarnings(changes: readonly Change[]): string[] {
  const databases = changes.filter(({ type }) => type === DATABASE);
  const names = (all: readonly Change[]) => all.map(({ name }) => name.replace(/-database$/, "")).join(", ");
  const deleted = databases.filter(({ operation }) => operation === "delete" || operation === "replace");
  const interrupted = databases.filter(
    ({ operation, properties }) => operation === "update" && properties.some(({ path }) => INTERRUPTING.includes(path)),
  );
  return [
    ...(deleted.length > 0 ? [`Deletes the database ${names(deleted)} with its data. A final snapshot stays.`] : []),
    ...(interrupted.length > 0
      ? [`Ends all connections of the database ${names(interrupted)}, and takes none for some minutes.`]
      : []),
  ];
}
