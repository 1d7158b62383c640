import { Command, Option } from "commander";
import { UserError } from "../components/core/user-error";
import { assumptionsOf, spreadOf } from "./cloud/kernel/assumptions";
import { loopbackPrefix } from "./cloud/loopback-prefix";
import { number, unsetEmptyVariables, whole } from "./cloud/option-values";
import { SPREAD } from "./cloud/spread";

/** What each command has that runs deploys under traffic in a rehearsal cloud. */
export interface TrafficOptions {
  speed: number;
  /** Requests a second in all. */
  rate: number;
  /** AWS seconds until the slowest node of a load balancer follows a change. */
  spread: number;
  /** Path of an observed.json of `first-contact`: its numbers instead of those that the cloud assumes. */
  observed?: string;
  /** AWS seconds. */
  bootSeconds?: number;
  seed: number;
  loopback: string;
  portOffset: number;
  directory: string;
}

/** The traffic options as commander has them: what has no default there may be absent. */
type GivenTrafficOptions = Omit<TrafficOptions, "speed" | "spread"> & Partial<Pick<TrafficOptions, "speed" | "spread">>;

/** Headings of the help, in their order. */
export const OPTION_GROUPS = {
  rehearsed: "What is rehearsed:",
  deploys: "How it deploys:",
  traffic: "Traffic:",
  cloud: "Rehearsal cloud:",
  output: "Output:",
} as const;

type GroupedOptions = Partial<Record<keyof typeof OPTION_GROUPS, Option[]>>;

/** What differs between the commands. */
export interface CommandWords {
  name: string;
  description: string;
  rate: number;
  /** What the help says of the default rate. Default: nothing. */
  aboutRate?: string;
  /** What the help says of the default speed. Default: the number. */
  aboutSpeed?: string;
  directory: string;
  example: string;
  exitCodes: string;
}

/**
 * The most requests a second that two cores carry beside everything else in a rehearsal, as measured
 * (docs/benchmarks.md).
 */
const MAX_RATE = 5_000;

/** A rehearsal takes about a minute at this speed. */
export const SPEED = 20;

/**
 * A command with the traffic options. Each option can be given as an environment variable, too: `make chaos SPEED=10`.
 * @param own the options that only this command has
 */
export function trafficCommand(commandWords: CommandWords, own: GroupedOptions): Command {
  const { name, description, example, exitCodes } = commandWords;
  const command = new Command(name).description(description);
  const shared = trafficOptions(commandWords);
  for (const [group, heading] of Object.entries(OPTION_GROUPS) as [keyof GroupedOptions, string][])
    for (const each of [...(own[group] ?? []), ...(shared[group] ?? [])]) command.addOption(each.helpGroup(heading));
  unsetEmptyVariables(command);
  return command.addHelpText("after", `\nExample:\n  ${example}\n\nExit codes: ${exitCodes}`);
}

function trafficOptions({ rate, aboutRate = "", aboutSpeed = String(SPEED), directory }: CommandWords): GroupedOptions {
  return {
    traffic: [
      option(
        "--rate <n>",
        "RATE",
        `requests a second in all, shared by all classes of clients${aboutRate}`,
        rate,
        number(3, MAX_RATE),
      ),
    ],
    cloud: [
      option(
        "--speed <n>",
        "SPEED",
        `AWS seconds in one real second (default: ${aboutSpeed})`,
        undefined,
        number(1, 100),
      ),
      option(
        "--spread <seconds>",
        "SPREAD",
        `${SPREAD.description} (default: ${SPREAD.seconds}, or as observed)`,
        undefined,
        number(0, SPREAD.maxSeconds),
      ),
      option(
        "--boot-seconds <n>",
        "BOOT_SECONDS",
        "AWS seconds that an instance takes to boot (default: 25 to 40)",
        undefined,
        number(0, 600),
      ),
      new Option(
        "--observed <file>",
        "an observed.json of first-contact: what an account was seen to do, instead of what the rehearsal assumes",
      ).env("OBSERVED"),
      option("--seed <n>", "SEED", "seed of all random numbers", 1, whole(0, 2 ** 31)),
      new Option("--loopback <prefix>", "beginning of the loopback addresses, such as 127.20")
        .env("LOOPBACK")
        .default("127.20")
        .argParser(loopbackPrefix),
      option("--port-offset <n>", "PORT_OFFSET", "added to every AWS port", 20_000, whole(1024, 60_000)),
    ],
    output: [new Option("--directory <path>", "folder for report, logs and state").env("DIRECTORY").default(directory)],
  };
}

/**
 * The traffic options of a parsed command, with their defaults; an own option of the command is `Own`'s.
 * @throws UserError if the file of `--observed` is not one of `first-contact`
 */
export function trafficOptionsOf<Own>(command: Command): TrafficOptions & Own {
  const options = command.opts<GivenTrafficOptions & Own>();
  return { ...options, speed: options.speed ?? SPEED, spread: spreadGiven(options) };
}

/** @throws UserError if the file of `--observed` is not one of `first-contact` */
function spreadGiven({ spread, observed }: GivenTrafficOptions): number {
  if (spread !== undefined) return spread;
  if (!observed) return SPREAD.seconds;
  const { readObserved } =
    require("../automation/first-contact/observed") as typeof import("../automation/first-contact/observed");
  const seconds = spreadOf(assumptionsOf(readObserved(observed)));
  if (seconds <= SPREAD.maxSeconds) return seconds;
  throw new UserError(
    `${observed} has a load balancer that followed after ${seconds} s, and a rehearsal plays at most ${SPREAD.maxSeconds}: give the spread, too, such as --spread ${SPREAD.maxSeconds}`,
  );
}

const NO = ["", "0", "false", "no"];

/** The words of a list with commas or spaces between, such as `a,b c`. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function option(
  flags: string,
  variable: string,
  description: string,
  value: number | undefined,
  parse: (text: string) => number,
): Option {
  return new Option(flags, description).env(variable).default(value).argParser(parse);
}

/** An option without a value. Commander takes every value of its variable for yes, also `JSON=0` and an empty one. */
export function flag(flags: string, variable: string, description: string): Option {
  const each = new Option(flags, description).default(false);
  const given = process.env[variable];
  return given !== undefined && NO.includes(given.toLowerCase()) ? each : each.env(variable);
}
