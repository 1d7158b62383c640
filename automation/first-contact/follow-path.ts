import type { Moment, Question } from "./question";
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
  }
  await askAll(path, "active");
  await askAll(path, "last");
  return traffic;
}

/** Asks what is asked at a moment. A question that fails is one that was not seen, and the run goes on. */
async function askAll({ trial, questions, tally, say, keep }: Path, moment: Moment): Promise<void> {
  for (const question of questions.filter(({ moments }) => moments.includes(moment))) {
    say(`Ask ${question.title}`);
    try {
      const answer = await question.ask(trial);
      tally.note(question, answer);
      say(`  ${textOf(answer)}`);
    } catch (error) {
      trial.parts.signal.throwIfAborted();
      const { message } = error as Error;
      tally.note(question, { evidence: scrub(message, trial.parts.domain) });
      say(`  not seen: ${message.split("\n")[0]}`);
    }
    keep();
  }
}

function textOf({ says, evidence, seconds = {} }: Awaited<ReturnType<Question["ask"]>>): string {
  const numbers = Object.entries(seconds).map(
    ([name, samples]) => `${name} ${samples.map((one) => `${one.toFixed(1)} s`).join(", ") || "not seen"}`,
  );
  return [...(says ? [`${says}:`] : []), ...(evidence ? [evidence] : []), numbers.join("; ")].filter(Boolean).join(" ");
}
