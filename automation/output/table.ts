/** Narrower, a column says nothing any more. */
const NARROWEST = 8;
const GAP = 2;

/**
 * Rows with their columns aligned; two blanks between them, none at a line's end.
 * @param width where they are wider, the widest columns are cut, with an ellipsis; default: none is
 */
export function table(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  narrow(widths, width);
  return rows.map((row) =>
    row
      .map((cell, column) => cut(cell, widths[column]!).padEnd(widths[column]!))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

function narrow(widths: number[], width: number): void {
  const total = () => widths.reduce((sum, one) => sum + one, GAP * (widths.length - 1));
  while (total() > width) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
