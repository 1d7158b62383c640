/** Columns that a terminal has at least. A line where there is no terminal, or one that does not report its width, has as many. */
export const COLUMNS = 80;
