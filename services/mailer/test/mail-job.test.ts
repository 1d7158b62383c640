import { expect } from "chai";
import { mailJob } from "../send-mail";
import { jobText } from "./fake-aws";

describe("mailJob", () => {
  it("reads a message", () => {
    expect(mailJob.parse(JSON.parse(jobText("j1")))).to.deep.equal({
      id: "j1",
      to: "aoi@example.jp",
      subject: "Hello",
    });
  });

  const bad: [json: string, error: string][] = [
    ["{", "JSON"],
    ["null", "expected object"],
    ['{"to":"a","subject":"b"}', "id"],
    ['{"id":"j1","to":1,"subject":"b"}', "to"],
    ['{"id":"j1","to":"a","subject":""}', "subject"],
  ];
  for (const [json, error] of bad) {
    it(`refuses ${json}`, () => {
      expect(() => mailJob.parse(JSON.parse(json))).to.throw(error);
    });
  }
});
