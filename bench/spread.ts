/** The smallest, the middle and the largest measured value. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** One line of a benchmark's table. */
export interface Row extends Spread {
  label: string;
  /** The goal, such as `at most 1`; undefined where there is none. */
  goal?: string;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, two) => one - two);
  return { min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, max: sorted.at(-1)! };
}

export function row(label: string, values: readonly number[], goal?: string): Row {
  return { label, ...spread(values), ...(goal === undefined ? {} : { goal }) };
}

const LABEL_WIDTH = 44;

export function formatRows(title: string, rows: readonly Row[]): string {
  const header = `${title.padEnd(LABEL_WIDTH)}${["min", "median", "max"].map((word) => word.padStart(10)).join("")}  goal`;
  const lines = rows.map(({ label, min, median, max, goal = "" }) => {
    const cells = [min, median, max].map((value) => String(Math.round(value * 100) / 100).padStart(10));
    return `${label.padEnd(LABEL_WIDTH)}${cells.join("")}  ${goal}`.trimEnd();
  });
  return `${[header, ...lines].join("\n")}\n`;
}
