import { expect } from "chai";
import { followPath } from "../../../automation/first-contact/follow-path";
import type { Answer, Question } from "../../../automation/first-contact/question";
import { Tally } from "../../../automation/first-contact/tally";
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
