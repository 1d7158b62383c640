import { expect } from "chai";
import { lossMessage } from "../../../rehearsal/cloud/running-cloud";

const HOW = "the rehearsal cloud ended by itself (exit code 1)";
const STACK = ["Error: listen EADDRINUSE 127.0.0.1:443", "    at Server.setupListenHandle", "    at listenInCluster"];

const cases: [name: string, lines: string[], firstLine: string][] = [
  ["which said nothing", [], HOW],
  ["without an error", ["instance i-1 runs"], `${HOW}, its last lines are:`],
  ["with an error", ["instance i-1 runs", ...STACK], `${HOW}: ${STACK[0]}; its last lines are:`],
  [
    "with an error before its last lines",
    [...STACK, ...Array.from({ length: 30 }, (_, i) => `task ${i} ended`)],
    `${HOW}: ${STACK[0]}; its last lines are:`,
  ],
  ["with two errors", ["Error: one", ...STACK.slice(1), ...STACK], `${HOW}: ${STACK[0]}; its last lines are:`],
];

describe("the message of a cloud that ended by itself", () => {
  for (const [name, lines, firstLine] of cases) {
    it(`of one ${name}`, () => {
      const [first, ...others] = lossMessage(HOW, lines).split("\n  ");
      expect(first).to.equal(firstLine);
      expect(others).to.deep.equal(lines.slice(-20));
    });
  }
});
