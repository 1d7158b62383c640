/** Columns that a terminal has at least. A line where there is no terminal, or one that does not report its width, has as many. */
export const COLUMNS = 80;

/** Returns the columns of a stream's terminal; `COLUMNS` where it is no terminal, or one without a size, which says 0. */
export function columnsOf({ isTTY = false, columns = 0 }: { isTTY?: boolean; columns?: number }): number {
  return (isTTY && columns) || COLUMNS;
}
