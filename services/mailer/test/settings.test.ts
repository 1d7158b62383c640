import { expect } from "chai";
import { readSettings } from "../settings";

describe("mailer's readSettings", () => {
  it("fills the defaults", () => {
    const settings = { release: "1.0", queueUrl: "https://sqs.test/1/mailer", fault: "none" };
    expect(readSettings({ RELEASE: "1.0", QUEUE_URL: "https://sqs.test/1/mailer" })).to.deep.equal(settings);
  });

  it("names every fault in one line", () => {
    expect(() => readSettings({ RELEASE: "a\nb", QUEUE_URL: "mailer", FAULT: "unhealthy" })).to.throw(
      'RELEASE must be 1 to 200 visible ASCII characters, got "a\\nb"; ' +
        'QUEUE_URL must be the URL of a queue, got "mailer"; ' +
        'FAULT must be one of none, crashOnStart, crashAfter2s, wrongAnswer, got "unhealthy"',
    );
    expect(() => readSettings({})).to.throw("got nothing; QUEUE_URL");
  });
});
