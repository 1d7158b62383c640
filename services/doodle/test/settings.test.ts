import { expect } from "chai";
import { readSettings } from "../settings";

const neighbours = {
  USERS_URL: "https://users.internal.example.jp:4711",
  MAILER_QUEUE_URL: "https://sqs.test/1/mailer",
};

describe("doodle's readSettings", () => {
  it("fills the defaults", () => {
    expect(readSettings({ PORT: "3000", RELEASE: "1.0", ...neighbours })).to.deep.equal({
      port: 3000,
      host: "0.0.0.0",
      release: "1.0",
      usersUrl: "https://users.internal.example.jp:4711",
      mailerQueueUrl: "https://sqs.test/1/mailer",
      fault: "none",
    });
  });

  it("names every fault in one line", () => {
    expect(() => readSettings({ PORT: "http", RELEASE: "a\nb", FAULT: "slow", USERS_URL: "ftp://users" })).to.throw(
      'PORT must be a number from 0 to 65535, got "http"; ' +
        'RELEASE must be 1 to 200 visible ASCII characters, got "a\\nb"; ' +
        'USERS_URL must be the URL of users, got "ftp://users"; ' +
        "MAILER_QUEUE_URL must be the URL of mailer's queue, got nothing; " +
        'FAULT must be one of none, crashOnStart, unhealthy, wrongAnswer, got "slow"',
    );
  });
});
