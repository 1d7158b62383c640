import { expect } from "chai";
import { logText } from "../../../automation/logs/log-text";
import { showsColours } from "../../../automation/output/colours";
import { terminalOutput } from "../../../automation/output/terminal-output";
import { keepEnvironment } from "../../keep-environment";

const ESCAPE = "\u001b";

describe("showsColours", () => {
  for (const [what, isTTY, environment, shown] of [
    ["a terminal", true, { TERM: "xterm-256color" }, true],
    ["a terminal whose TERM is not set", true, {}, true],
    ["a file", undefined, { TERM: "xterm-256color" }, false],
    ["a file with FORCE_COLOR", undefined, { FORCE_COLOR: "1" }, false],
    ["NO_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["TERM=dumb", true, { TERM: "dumb" }, false],
    ["TERM=dumb with FORCE_COLOR", true, { TERM: "dumb", FORCE_COLOR: "1" }, true],
  ] as const)
    it(`${what}: ${shown ? "yes" : "no"}`, () =>
      expect(showsColours({ ...(isTTY && { isTTY }) }, environment)).to.equal(shown));
});

describe("NO_COLOR", () => {
  keepEnvironment();

  /** What a terminal gets of a run and of a log. */
  function shown(): string {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
    const show = terminalOutput(stream as unknown as NodeJS.WriteStream);
    show({ type: "warning", atMs: 0, message: "no capacity" });
    const from = { colour: "green", release: "v2", container: "users", task: "0123" } as const;
    const logged = logText({ atMs: 0, ...from, message: "ready" }, { service: "users", hasDate: false, isTTY: true });
    return `${written.join("").replaceAll(`\r${ESCAPE}[K`, "")}${logged}`;
  }

  it("takes the colours from runs and logs", () => {
    process.env.TERM = "xterm";
    for (const name of ["NO_COLOR", "FORCE_COLOR"]) delete process.env[name];
    expect(shown()).to.include(`${ESCAPE}[33m! no capacity`);
    process.env.NO_COLOR = "1";
    expect(shown()).not.to.include(ESCAPE);
  });
});
