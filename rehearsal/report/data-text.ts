import { count } from "../../automation/page/kit/format";
import type { DataTotals } from "./types";

/** `16,999 rows in databases, 0 lost, 0 doubled, 0 changed` */
export function dataText({ rows, lost, doubled, changed }: DataTotals): string {
  return `${count(rows)} rows in databases, ${count(lost)} lost, ${count(doubled)} doubled, ${count(changed)} changed`;
}
