import { expect } from "chai";
import { readSettings } from "../settings";

describe("readSettings", () => {
  it("fills the defaults", () => {
    expect(readSettings({ PORT: "8080", RELEASE: "1.0" })).to.deep.equal({
      port: 8080,
      host: "0.0.0.0",
      release: "1.0",
      fault: "none",
    });
  });

  it("names every fault in one line", () => {
    expect(() => readSettings({ PORT: "http", RELEASE: "a\nb", FAULT: "slow" })).to.throw(
      'PORT must be a number from 0 to 65535, got "http"; ' +
        'RELEASE must be 1 to 200 visible ASCII characters, got "a\\nb"; ' +
        'FAULT must be one of none, crashOnStart, unhealthy, wrongAnswer, got "slow"',
    );
    expect(() => readSettings({ PORT: "65536", RELEASE: "1" })).to.throw("PORT must be");
    expect(() => readSettings({})).to.throw("got nothing; RELEASE");
  });
});
