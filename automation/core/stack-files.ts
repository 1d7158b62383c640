import { readdirSync } from "node:fs";

/** Returns the names of the stacks that have a `Pulumi.<stack>.yaml` in the folder, in the order of the alphabet. */
export function stackNamesIn(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}
