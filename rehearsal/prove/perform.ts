import { parseJson } from "../../components/core/parse-json";
import { type Answer, type Value, valuesOf } from "./answers";
import { failureLine } from "./causes";
import { type Release, type ReleaseProcess, runCommand } from "./release-process";
import type { Step } from "./requests";

const ANSWER_LIMIT_MS = 30_000;
const PLACEHOLDER = /\{(\w+)\}/g;

/** What the steps of one repetition of a scenario have in common, whichever release performs them. */
export interface Session {
  kept: Map<string, Value>;
  /** All names that its steps keep. */
  names: ReadonlySet<string>;
  cookies: Map<string, string>;
}

export function newSession(steps: readonly Step[], n: number): Session {
  const names = new Set(steps.flatMap((step) => Object.keys(step.keep ?? {})));
  return { kept: new Map([["n", n]]), names, cookies: new Map() };
}

/** A release that can be asked. */
export interface Performer {
  release: Release;
  process: ReleaseProcess | null;
  environment: Readonly<Record<string, string>>;
  /** Ends commands that run. */
  signal: AbortSignal;
}

/** Returns the names that a step needs and no earlier step has given. */
export function missingNames(step: Step, { kept, names }: Session): string[] {
  return namesIn(step).filter((name) => names.has(name) && !kept.has(name));
}

/**
 * Performs a step.
 * @returns the answer; undefined if an earlier step did not give a value that this one needs
 */
export async function perform(step: Step, session: Session, performer: Performer): Promise<Answer | undefined> {
  if (missingNames(step, session).length > 0) return undefined;
  const { kept } = session;
  const { body, ...answer } =
    "run" in step ? await command(step.run, session, performer) : await request(step, session, performer);
  if (answer.status > 0 && answer.status < 400)
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      const value = valueAt(body, path);
      if (value !== undefined) kept.set(name, value);
    }
  // {n} is the same in all runs, so it stays as it is.
  const { n: _, ...names } = Object.fromEntries(kept);
  return { ...answer, values: valuesOf(body, new Map(Object.entries(names))) };
}

type Raw = Omit<Answer, "values"> & { body: unknown };

async function request(
  step: Extract<Step, { request: string }>,
  session: Session,
  { process }: Performer,
): Promise<Raw> {
  const { kept, cookies } = session;
  const [method = "", path = ""] = filled(step.request, kept).split(" ");
  const headers: Record<string, string> = { ...(filledIn(step.headers ?? {}, kept) as Record<string, string>) };
  if (cookies.size > 0) headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  let body: string | undefined;
  if (step.body !== undefined) {
    const content = filledIn(step.body, kept);
    body = typeof content === "string" ? content : JSON.stringify(content);
    if (!Object.keys(headers).some((name) => name.toLowerCase() === "content-type"))
      headers["content-type"] = typeof content === "string" ? "text/plain" : "application/json";
  }
  try {
    const response = await fetch(`${process!.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const text = await response.text();
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined) cookies.set(name, value!);
    }
    return { status: response.status, shown: String(response.status), body: parseJson(text) ?? text };
  } catch {
    return { status: 0, shown: "no answer", body: "" };
  }
}

async function command(text: string, { kept }: Session, { release, environment, signal }: Performer): Promise<Raw> {
  const { code, stdout, stderr } = await runCommand(release, filled(text, kept), environment, signal);
  const body = parseJson(stdout) ?? stdout.trim().split("\n");
  const cause = code === 0 ? {} : { cause: failureLine(stderr, stdout) };
  return { status: code === 0 ? 200 : 500, shown: `exit code ${code}`, body, ...cause };
}

function namesIn(step: Step): string[] {
  const texts = "run" in step ? [step.run] : [step.request, JSON.stringify([step.body ?? null, step.headers ?? null])];
  return texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!));
}

const filled = (text: string, kept: ReadonlyMap<string, Value>) =>
  text.replace(PLACEHOLDER, (whole, name: string) => (kept.has(name) ? String(kept.get(name)) : whole));

/** A text that is nothing but a name becomes the kept value itself, so that a number stays one. */
function filledIn(part: unknown, kept: ReadonlyMap<string, Value>): unknown {
  if (typeof part === "string") {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    return name !== undefined && kept.has(name) ? kept.get(name) : filled(part, kept);
  }
  if (Array.isArray(part)) return part.map((item) => filledIn(item, kept));
  if (typeof part === "object" && part !== null)
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, filledIn(value, kept)]));
  return part;
}

function valueAt(body: unknown, path: string): Value | undefined {
  const value = path.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | null)?.[key], body);
  return typeof value === "object" && value !== null ? undefined : (value as Value | undefined);
}
