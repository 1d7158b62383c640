/** A line for each service of which something differs from what production ran: `users: LOG_LEVEL changed, memory 512 -> 1024`. */
export function changesLines(changes: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(changes).flatMap(([service, differences]) =>
    differences.length === 0 ? [] : [`${service}: ${differences.join(", ")}`],
  );
}
