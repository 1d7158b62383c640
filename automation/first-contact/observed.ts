import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../../components/core/user-error";

/** Version of `observed.json`. A change of its shape gets a new one, and a reader for the old. */
export const OBSERVED_VERSION = 1;

/**
 * The numbers that the rehearsal cloud assumes and that only an account can say, with what each is. All are AWS
 * seconds.
 */
const NUMBERS = {
  ruleSpread: "from a change of a listener rule until no address of the load balancer follows the old one",
  targetSpread: "from the deregistration of a target until no address of the load balancer sends requests to it",
  boot: "from the start of an instance's launch until Auto Scaling has it in service",
  join: "from there until its ECS agent is registered",
  pull: "the pull of the task's image",
  recordSync: "from a change of a DNS record until Route 53 says INSYNC",
  metricDelay: "from the end of a minute until CloudWatch has all of the load balancer's requests in it",
  drainingEvent: "from the end of an instance's deregistration delay until ECS stops the tasks on it",
  powerOff: "from the end of an instance's last task until Auto Scaling says that the instance is terminated",
  stoppedLag: "from the end of an instance that was not drained until ECS says that its task is STOPPED",
} as const;

export type NumberName = keyof typeof NUMBERS;
export const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

/** Numbers that files of earlier runs do not have. */
const ADDED_LATER: readonly NumberName[] = ["drainingEvent", "powerOff"];

/** The beliefs, by the letters that docs/first-contact.md has. (h) to (j) are numbers. */
const BELIEF_IDS = ["a", "b", "c", "d", "e", "f", "g"] as const;
export type BeliefId = (typeof BELIEF_IDS)[number];

const seconds = z.number().min(0);
const measured = z
  .strictObject({ min: seconds, max: seconds, samples: z.int().min(1) })
  .refine(({ min, max }) => min <= max, "min is above max");

const belief = z.strictObject({
  id: z.enum(BELIEF_IDS),
  /** What this project takes for granted. */
  belief: z.string().min(1),
  says: z.enum(["confirmed", "refuted", "not seen"]),
  /** What was seen, in one line. */
  evidence: z.string(),
});

/** Null for what was not seen, or not asked yet. */
function seenOf(name: NumberName): z.ZodType<Measured | null> {
  return ADDED_LATER.includes(name) ? measured.nullable().default(null) : measured.nullable();
}

const observed = z.strictObject({
  version: z.literal(OBSERVED_VERSION),
  /** `rehearsal`: a stand-in answered, and the numbers are its own. */
  cloud: z.enum(["aws", "rehearsal"]),
  region: z.string(),
  /** ISO 8601, when the run began. */
  startedAt: z.iso.datetime(),
  /** True if the run came to its end and left nothing. */
  complete: z.boolean(),
  /** Null for what was not seen. */
  numbers: z.strictObject(
    Object.fromEntries(NUMBER_NAMES.map((name) => [name, seenOf(name)])) as Record<
      NumberName,
      ReturnType<typeof seenOf>
    >,
  ),
  beliefs: z.array(belief),
});

/** What a run saw. It has no account, ARN, name or address, so that it can be shown to anybody. */
export type Observed = z.infer<typeof observed>;
export type Measured = z.infer<typeof measured>;
export type Belief = z.infer<typeof belief>;

/**
 * Reads a file that `first-contact` wrote.
 * @throws UserError in one line if there is none, or it is of another kind or version
 */
export function readObserved(file: string): Observed {
  if (!existsSync(file)) throw new UserError(`${file} does not exist: wanted an observed.json of first-contact`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message.split("\n")[0]}`);
  }
  const version = (content as { version?: unknown } | null)?.version;
  if (version !== OBSERVED_VERSION)
    throw new UserError(
      `${file} has version ${JSON.stringify(version)}: wanted ${OBSERVED_VERSION}, as first-contact writes it`,
    );
  const parsed = observed.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new UserError(`${file} is not what first-contact writes: ${path.map(String).join(".")}: ${message}`);
}
