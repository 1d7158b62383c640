import { type Command, InvalidArgumentError } from "commander";

/**
 * Takes away the empty variables that options of the command can be given as: a workflow gives an input that nobody
 * filled in as an empty variable, and it is not set.
 */
export function unsetEmptyVariables(command: Command): void {
  for (const { envVar } of command.options) if (envVar && process.env[envVar] === "") delete process.env[envVar];
}

/** The parser of a whole number. Default: no limit. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`wanted a whole number ${rangeText(min, max)}.`);
    return value;
  };
}

/** The parser of a number. */
export function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= min && value <= max))
      throw new InvalidArgumentError(`wanted a number ${rangeText(min, max)}.`);
    return value;
  };
}

function rangeText(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
}
