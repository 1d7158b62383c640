import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const ROOT = join(__dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");

export interface Step {
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
  if?: string;
  env?: Record<string, string>;
}

export interface Job {
  permissions?: Record<string, string>;
  environment?: string;
  env?: Record<string, string>;
  strategy?: { matrix: Record<string, (string | number | Record<string, string>)[]> };
  steps: Step[];
}

export interface Workflow {
  name: string;
  text: string;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency: { group: string; "cancel-in-progress": boolean };
  jobs: Record<string, Job>;
}

export function workflows(): Workflow[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => {
      const text = readFileSync(join(FOLDER, file), "utf8");
      return { ...(parse(text) as Omit<Workflow, "text">), text };
    });
}

export function workflow(name: string): Workflow {
  const found = workflows().find((each) => each.name === name);
  if (!found) throw new Error(`no workflow ${name}`);
  return found;
}

/** The one job of a workflow. */
export function jobOf({ jobs }: Workflow): Job {
  return Object.values(jobs)[0]!;
}

/** The steps of a workflow's one job that run something, in order. */
export function runSteps(name: string): Required<Pick<Step, "run" | "env">>[] {
  const job = jobOf(workflow(name));
  return job.steps.flatMap(({ run, env }) => (run === undefined ? [] : [{ run, env: { ...job.env, ...env } }]));
}

/**
 * The environment of a step with its expressions as GitHub would put them in.
 * @param values by expression, such as `matrix.stack`; of `a || b` the first that has one
 */
export function evaluated(env: Record<string, string>, values: Record<string, string>): Record<string, string> {
  const valueFor = (expression: string): string => {
    const known = expression.split("||").map((part) => part.trim());
    const first = known.find((part) => part in values);
    if (first === undefined) throw new Error(`no value for the expression ${expression}`);
    return values[first]!;
  };
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => valueFor(expression.trim())),
    ]),
  );
}
