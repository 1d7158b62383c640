import { UserError } from "../../components/core/user-error";
import { credentialsProblem } from "../core/credentials-problem";
import { EXIT_FAILED } from "../core/process/command-end";
import type { Answer, Moment, Question } from "./question";
import { scrub } from "./scrub";
import type { Tally } from "./tally";
import { Traffic } from "./traffic";
import type { Trial } from "./trial";

/** What a run does with its stack, besides asking. */
export interface Path {
  trial: Trial;
  questions: readonly Question[];
  tally: Tally;
  /** Creates the stack with its infrastructure. */
  createStack(): Promise<void>;
  /** Builds and pushes a release. */
  push(tag: string): Promise<void>;
  deploy(tag: string): Promise<void>;
  rollback(): Promise<void>;
  /** Prints one line for a person. */
  say(line: string): void;
  /** Called after each answer, so that an interrupted run keeps what it saw. */
  keep(): void;
}

/**
 * Goes the shortest way through all questions: infrastructure, a first release, a second one under traffic, and a
 * rollback.
 * @returns the traffic, which has ended
 */
export async function followPath(path: Path): Promise<Traffic> {
  const { trial, say } = path;
  say("Create the infrastructure");
  await path.createStack();
  await askAll(path, "up");
  await path.push("v1");
  await path.push("v2");
  say("Deploy a first release");
  await path.deploy("v1");
  await askAll(path, "active");
  const traffic = new Traffic(trial.parts.http, (await trial.service()).url);
  try {
    say("Deploy a second release, under traffic");
    await path.deploy("v2");
    await askAll(path, "active");
    await askAll(path, "retired");
    say("Roll back, under traffic");
    await path.rollback();
  } finally {
    await traffic.stop();
    // Now, and not at the end: what comes after it may fail, and nobody would know.
    say(traffic.summary);
  }
  await askAll(path, "active");
  await askAll(path, "last");
  return traffic;
}

/**
 * Asks what is asked at a moment. A question that fails is one that was not seen, and the run goes on.
 * @throws UserError if AWS does not take the credentials: no later question could be seen
 */
async function askAll({ trial, questions, tally, say, keep }: Path, moment: Moment): Promise<void> {
  for (const question of questions.filter(({ moments }) => moments.includes(moment))) {
    say(`Ask ${question.title}`);
    const answer = await question.ask(trial).catch((error: Error): Answer => {
      trial.parts.signal.throwIfAborted();
      const problem = credentialsProblem(error);
      if (problem !== null) throw new UserError(problem, { exitCode: EXIT_FAILED, cause: error });
      return { says: "not seen", evidence: error.message.split("\n")[0]! };
    });
    // Evidence may be AWS's own words.
    tally.note(question, { ...answer, evidence: scrub(answer.evidence ?? "", trial.parts) });
    say(`  ${textOf(answer)}`);
    keep();
  }
}

function textOf({ says, evidence, seconds = {} }: Answer): string {
  const numbers = Object.entries(seconds).map(
    ([name, samples]) => `${name} ${samples.map((one) => `${one.toFixed(1)} s`).join(", ") || "not seen"}`,
  );
  return [...(says ? [`${says}:`] : []), ...(evidence ? [evidence] : []), numbers.join("; ")].filter(Boolean).join(" ");
}
