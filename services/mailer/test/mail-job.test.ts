import { expect } from "chai";
import { readMailJob } from "../mail-job";
import { jobText } from "./fake-aws";

describe("readMailJob", () => {
  it("reads a job", () => {
    expect(readMailJob(jobText("j1"))).to.deep.equal({ id: "j1", to: "aoi@example.jp", subject: "Hello" });
  });

  const bad: [json: string, error: string][] = [
    ["{", "JSON"],
    ["null", "the job is not an object"],
    ['{"to":"a","subject":"b"}', "id of the job is not a text"],
    ['{"id":"j1","to":1,"subject":"b"}', "to of the job is not a text"],
    ['{"id":"j1","to":"a","subject":""}', "subject of the job is not a text"],
  ];
  for (const [json, error] of bad) {
    it(`refuses ${json}`, () => {
      expect(() => readMailJob(json)).to.throw(error);
    });
  }
});
