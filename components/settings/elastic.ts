import type { ServiceSettings } from "./settings";

/** True if the number of instances follows the load. */
export function isElastic({ min, max }: Pick<ServiceSettings["size"], "min" | "max">): boolean {
  return max > min;
}
