/** Rows of cells as lines of text: the first `words` columns to the left, the others to the right, two spaces between. */
export function alignColumns(rows: readonly (readonly string[])[], words = 1): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  "),
  );
}
