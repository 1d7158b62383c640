import { expect } from "chai";
import { printable, printableOn } from "../../../automation/core/printable";

describe("printable", () => {
  for (const [what, text, shown] of [
    ["plain text", "GET /users/7: 200\n\tin 4 ms, ümlaut, 青", "GET /users/7: 200\n\tin 4 ms, ümlaut, 青"],
    ["colours, and ends them", "\u001b[1;31merror\u001b[39m: no", "\u001b[1;31merror\u001b[39m: no\u001b[0m"],
    ["no clipboard", "\u001b]52;c;cm0gLXJm\u0007", "�]52;c;cm0gLXJm�"],
    ["no cursor", "failed\r\u001b[2K\u001b[1Aok", "failed��[2K�[1Aok"],
    ["no 8-bit controls", "\u009b2Jok\u007f", "�2Jok�"],
  ] as const)
    it(`shows ${what}`, () => expect(printable(text)).to.equal(shown));
});

describe("printableOn", () => {
  const TEXT = "\u001b[2J\u001b]52;c;cm0gLXJm\u0007gone";

  it("changes what a terminal shows", () =>
    expect(printableOn({ isTTY: true }, TEXT)).to.equal("�[2J�]52;c;cm0gLXJm�gone"));

  it("changes nothing of what a file gets", () => expect(printableOn({}, TEXT)).to.equal(TEXT));
});
