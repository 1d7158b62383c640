import { expect } from "chai";
import { followPath } from "../../../automation/first-contact/follow-path";
import type { Answer, Question } from "../../../automation/first-contact/question";
import { Tally } from "../../../automation/first-contact/tally";
import type { Trial } from "../../../automation/first-contact/trial";
import { SampleTrial } from "./sample-trial";

const DENIED =
  "User: arn:aws:sts::123456789012:assumed-role/probe/x may not cloudwatch:PutMetricAlarm on aoshingo-trial-users-blue";
const DENIED_SCRUBBED = "User: <arn> may not cloudwatch:PutMetricAlarm on <name>";

describe("the path of a first contact", () => {
  /** Goes the path with one question, which is asked at the beginning. */
  const ask = async (answer: () => Promise<Answer>) => {
    const belief = { id: "e", text: "it needs no right" } as const;
    const question: Question = { title: "whether it needs a right", belief, moments: ["up"], ask: answer };
    const tally = new Tally([question]);
    const said: string[] = [];
    const steps: string[] = [];
    const { trial } = new SampleTrial({ http: { get: async () => ({ status: 200, release: "" }) } });
    const error = await followPath({
      ...{ trial, tally, questions: [question] },
      createStack: async () => {},
      push: async (tag) => void steps.push(`push ${tag}`),
      deploy: async (tag) => void steps.push(`deploy ${tag}`),
      rollback: async () => void steps.push("rollback"),
      say: (line) => void said.push(line),
      keep: () => void steps.push("keep"),
    }).then(
      () => null,
      (thrown: Error) => thrown,
    );
    const [{ says, evidence } = {}] = tally.beliefs;
    return { says, evidence, said, steps, error };
  };

  it("writes down no identifier of AWS's words, whatever a question answers", async () => {
    for (const says of ["confirmed", "refuted", "not seen"] as const)
      expect(await ask(async () => ({ says, evidence: DENIED }))).to.include({ says, evidence: DENIED_SCRUBBED });
  });

  it("goes on after a question that fails, and says why to the person", async () => {
    const { says, evidence, said, steps } = await ask(async () => {
      throw new Error(`${DENIED}\nand more`);
    });
    expect({ says, evidence }).to.deep.equal({ says: "not seen", evidence: DENIED_SCRUBBED });
    expect(said).to.include(`  not seen: ${DENIED}`);
    expect(steps.at(-1)).to.equal("rollback");
  });

  it("ends with one line where AWS does not take the credentials any more, and notes nothing", async () => {
    const { error, evidence, steps } = await ask(async () => {
      throw Object.assign(new Error("The security token included in the request is expired"), { name: "ExpiredToken" });
    });
    expect(error).to.include({
      name: "UserError",
      message: "your AWS credentials have expired: renew them",
      exitCode: 1,
    });
    expect(evidence).to.equal("");
    expect(steps).to.deep.equal([]);
  });
});

describe("the traffic of a first contact", () => {
  let said: string[];
  /** Ends once so many requests were answered. */
  let answered: Promise<void>;

  beforeEach(() => {
    said = [];
  });

  /** @param statuses of the requests, in their order; the last one of all others, too */
  const path = (statuses: readonly number[], steps: { rollback?: () => Promise<void> } = {}) => {
    let sent = 0;
    let allAnswered = () => {};
    answered = new Promise((resolve) => {
      allAnswered = resolve;
    });
    const get = async () => {
      const status = statuses[Math.min(sent++, statuses.length - 1)]!;
      if (sent >= statuses.length) allAnswered();
      return { status, release: "" };
    };
    const trial = {
      parts: { http: { get }, signal: new AbortController().signal },
      service: async () => ({ url: "https://users.example.jp/" }),
    } as unknown as Trial;
    return followPath({
      ...{ trial, questions: [], tally: new Tally([]) },
      createStack: async () => {},
      push: async () => {},
      deploy: async (tag) => (tag === "v2" ? answered : undefined),
      rollback: async () => {},
      say: (line) => void said.push(line),
      keep: () => {},
      ...steps,
    });
  };

  it("says how many requests failed, and why, as soon as the traffic has ended", async () => {
    const traffic = await path([200, 503, 200]);
    expect(traffic.failed).to.equal(1);
    expect(said.at(-1)).to.equal(
      `1 of ${traffic.sent} requests failed under the second deploy and the rollback: status 503`,
    );
  });

  it("says so of a run that fails under the traffic, too", async () => {
    const failing = path([503], { rollback: () => Promise.reject(new Error("the rollback failed")) });
    expect(await failing.catch(({ message }: Error) => message)).to.equal("the rollback failed");
    expect(said.at(-1)).to.match(
      /^([1-9]\d*) of \1 requests failed under the second deploy and the rollback: status 503$/,
    );
  });
});
