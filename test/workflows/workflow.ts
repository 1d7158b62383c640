import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const ROOT = join(__dirname, "../..");
const FOLDER = ".github/workflows";

export interface Step {
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
  "working-directory"?: string;
  if?: string;
  env?: Record<string, string>;
}

export interface Job {
  name?: string;
  needs?: string;
  if?: string;
  permissions?: Record<string, string>;
  environment?: string;
  env?: Record<string, string>;
  strategy?: { "fail-fast"?: boolean; matrix: Record<string, (string | number | Record<string, string>)[]> };
  steps: Step[];
}

export interface Workflow {
  name: string;
  /** Below the repository's root. */
  path: string;
  text: string;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  env?: Record<string, string>;
  concurrency: { group: string; queue?: string; "cancel-in-progress": boolean };
  jobs: Record<string, Job>;
}

/** Returns this repository's workflows. */
export function workflows(): Workflow[] {
  return workflowsIn(FOLDER);
}

/** Returns the workflows that `init` writes into a project. */
export function projectWorkflows(): Workflow[] {
  return workflowsIn(join("templates/project", FOLDER));
}

function workflowsIn(folder: string): Workflow[] {
  return readdirSync(join(ROOT, folder))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(join(ROOT, path), "utf8");
      return { ...(parse(text) as Omit<Workflow, "path" | "text">), path, text };
    });
}

export function workflow(name: string): Workflow {
  const found = workflows().find((each) => each.name === name);
  if (!found) throw new Error(`no workflow ${name}`);
  return found;
}

/** Returns the job that is called like its workflow, else the first one. */
export function jobOf({ name, jobs }: Workflow): Job {
  return jobs[name] ?? Object.values(jobs)[0]!;
}

/** Returns the steps of a workflow's job that run something, in order. */
export function runSteps(name: string, job = name): Required<Pick<Step, "run" | "env">>[] {
  const { env, steps } = workflow(name).jobs[job]!;
  return steps.flatMap((step) => (step.run === undefined ? [] : [{ run: step.run, env: { ...env, ...step.env } }]));
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
