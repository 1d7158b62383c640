/** Columns are not cut below this width. */
const MIN_WIDTH = 8;
const GAP = 2;

/**
 * Returns the rows with their columns aligned, two blanks apart, without blanks at the end of a line.
 * @param width of a line: the widest columns are cut to fit it, with an ellipsis; default: no limit
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
    if (widest <= MIN_WIDTH) return;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
