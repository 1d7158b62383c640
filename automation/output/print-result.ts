import { printableOn } from "../core/printable";

/**
 * Prints a command's result on stdout: as JSON for scripts, else as a text for people.
 * @param text is asked for only where people read
 */
export function printResult(json: boolean, result: unknown, text: () => string): void {
  console.log(json ? JSON.stringify(result, null, 2) : printableOn(process.stdout, text()));
}
