import { expect } from "chai";
import type { Answer, Question } from "../../../automation/first-contact/question";
import { Tally } from "../../../automation/first-contact/tally";

const question: Question = {
  title: "whether it holds",
  belief: { id: "a", text: "it holds" },
  numbers: ["boot"],
  moments: ["up"],
  ask: async () => ({}),
};

describe("the tally of a first contact", () => {
  const tallyOf = (...answers: Answer[]) => {
    const tally = new Tally([question]);
    for (const answer of answers) tally.note(question, answer);
    return tally;
  };

  it("begins with nothing seen", () => {
    expect(tallyOf().beliefs).to.deep.equal([{ id: "a", belief: "it holds", says: "not seen", evidence: "" }]);
    expect(new Set(Object.values(tallyOf().numbers))).to.deep.equal(new Set([null]));
  });

  const table: [answers: Answer[], says: string, evidence: string][] = [
    [[{ says: "confirmed", evidence: "1" }], "confirmed", "1"],
    [[{ evidence: "AWS did not answer" }], "not seen", "AWS did not answer"],
    [[{ says: "confirmed", evidence: "1" }, { evidence: "2" }], "confirmed", "1"],
    [[{ evidence: "1" }, { says: "confirmed", evidence: "2" }], "confirmed", "2"],
    [
      [
        { says: "confirmed", evidence: "1" },
        { says: "refuted", evidence: "2" },
      ],
      "refuted",
      "2",
    ],
    [
      [
        { says: "refuted", evidence: "1" },
        { says: "confirmed", evidence: "2" },
      ],
      "refuted",
      "1",
    ],
  ];
  for (const [answers, says, evidence] of table) {
    it(`says ${says} after ${answers.map((answer) => answer.says ?? "not seen").join(", ")}`, () => {
      expect(tallyOf(...answers).beliefs[0]).to.include({ says, evidence });
    });
  }

  it("has the range of all samples, to hundredths, and nothing below 0", () => {
    expect(tallyOf({ seconds: { boot: [2.34567, 40] } }, { seconds: { boot: [-0.5] } }).numbers.boot).to.deep.equal({
      min: 0,
      max: 40,
      samples: 3,
    });
    expect(tallyOf({ seconds: { boot: [2.34567] } }).numbers.boot!.min).to.equal(2.35);
    expect(tallyOf({ seconds: { boot: [] } }).numbers.boot).to.equal(null);
  });
});
