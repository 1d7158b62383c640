import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../../components/core/user-error";

/** Lies beside the service's code, so each release has its own. */
export const REQUESTS_FILE = "requests.yaml";

const METHODS = "GET, POST, PUT, PATCH or DELETE";
const REQUEST = `a method (${METHODS}) and a path, such as GET /users/{id}`;
const STEP = "a request such as GET /users/{id}, or a map of request, body, headers and keep, or of run and keep";
const KEEP = "a name and where its value is in the JSON answer, such as { id: id } or { first: items.0.id }";
const RUN = "a shell command, such as node work-off-jobs.js";

const request = z.string({ error: REQUEST }).regex(/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/, REQUEST);
const keep = z.record(z.string().regex(/^[a-z]\w*$/i, KEEP), z.string({ error: KEEP }).min(1, KEEP), { error: KEEP });

const RequestStep = z.strictObject({
  request,
  body: z.json().optional(),
  headers: z.record(z.string(), z.string(), { error: "headers with a text each" }).optional(),
  keep: keep.optional(),
});
const RunStep = z.strictObject({ run: z.string({ error: RUN }).min(1, RUN), keep: keep.optional() });

const Schema = z.strictObject(
  {
    /** Path that answers 200 when the process is ready. Default: the service's own in the settings. */
    health: z.string().regex(/^\//, "a path, such as /healthz").optional(),
    /** A file with SQL beside this one: the rows that the database has, in the old release's schema. */
    data: z.string({ error: "the name of a file with SQL, such as rows.sql" }).min(1).optional(),
    /** Tables that stay so small that a migration may read them as a whole while requests wait. */
    small: z.array(z.string(), { error: "a list of names of tables" }).default([]),
    /** Environment variables of the processes. */
    env: z.record(z.string(), z.string(), { error: "variables with a text each" }).default({}),
    scenarios: z.record(
      z.string(),
      z
        .array(z.union([request.transform((text) => ({ request: text })), RequestStep, RunStep], { error: STEP }), {
          error: `a list of steps, each ${STEP}`,
        })
        .min(1, `at least one step: ${STEP}`),
      { error: "a map: a name, and its list of steps" },
    ),
  },
  { error: (issue) => (issue.code === "unrecognized_keys" ? KEYS : `a map of ${KEYS}`) },
);
const KEYS = "scenarios, data, health, small or env";

export type Step = z.output<typeof RequestStep> | z.output<typeof RunStep>;
/** What `requests.yaml` says. */
export type Requests = z.output<typeof Schema>;

/** Returns how a step is called in a message: its method and path, or its command. */
export function nameOf(step: Step): string {
  return "request" in step ? step.request : step.run;
}

/** Returns whether a step may change something: all but GET. */
export function isWrite(step: Step): boolean {
  return !("request" in step && step.request.startsWith("GET "));
}

/**
 * Reads the `requests.yaml` of a release; undefined if it has none.
 * @param folder of the release
 * @param name of the folder, for messages
 * @throws UserError with one line for each problem in it
 */
export async function readRequests(folder: string, name: string): Promise<Requests | undefined> {
  const path = join(folder, REQUESTS_FILE);
  if (!existsSync(path)) return undefined;
  return parseRequests(await readFile(path, "utf8"), `${name}/${REQUESTS_FILE}`);
}

/** @throws UserError with one line for each problem */
export function parseRequests(text: string, name: string): Requests {
  const fail = (lines: readonly string[]) => new UserError(lines.map((line) => `${name}: ${line}`).join("\n"));
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw fail([`not YAML: ${(error as Error).message.split("\n")[0]}`]);
  }
  const { data, error } = Schema.safeParse(value);
  if (error) throw fail(error.issues.map((issue) => problemOf(issue, value)));
  const problems = Object.entries(data.scenarios).flatMap(([scenario, steps]) => unknownNames(scenario, steps));
  if (Object.keys(data.scenarios).length === 0) problems.push("scenarios: given none, wanted at least one");
  if (problems.length > 0) throw fail(problems);
  return data;
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  const where = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const wanted = where === "" ? KEYS : STEP;
    return `${where ? `${where}: ` : ""}unknown key ${issue.keys.join(", ")}, wanted ${wanted}`;
  }
  const given = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], value);
  const shown = given === undefined ? "" : `given ${JSON.stringify(given).slice(0, 80)}, `;
  return `${where ? `${where}: ` : ""}${shown}wanted ${issue.message}`;
}

/** A name in braces that no earlier step of the scenario keeps. */
function unknownNames(scenario: string, steps: readonly Step[]): string[] {
  const known = new Set(["n"]);
  return steps.flatMap((step, index) => {
    const unknown = "request" in step ? namesIn(step.request).filter((name) => !known.has(name)) : [];
    for (const name of Object.keys(step.keep ?? {})) known.add(name);
    return unknown.map(
      (name) =>
        `scenarios.${scenario}.${index}: {${name}} is not known, wanted {n} or a name that an earlier step keeps`,
    );
  });
}

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
