import { expect } from "chai";
import { UserError } from "../../../../components/core/user-error";
import { FAULT_KINDS, parseFault } from "../../../../rehearsal/cloud/kernel/fault-kinds";

describe("rehearsal/cloud/kernel/fault-kinds", () => {
  it("fills in defaults, and takes numbers from a command's text", () => {
    expect(parseFault({ kind: "failRule", nth: "2", when: "after" })).to.deep.equal({
      kind: "failRule",
      parameters: { nth: 2, count: 1, when: "after" },
    });
    expect(parseFault({ kind: "errorsAfter", share: 0.5 }).parameters).to.deep.equal({
      share: 0.5,
      afterSeconds: 0,
      since: "start",
    });
  });

  const bad: [request: { kind: string; [key: string]: unknown }, message: string][] = [
    [{ kind: "gremlin" }, `there is no fault "gremlin"; wanted one of ${FAULT_KINDS.join(", ")}`],
    [{ kind: "throttle", cuont: "3" }, "fault throttle: no parameter cuont; it has operation, count, forSeconds"],
    [{ kind: "throttle", count: "no" }, 'fault throttle: count: wanted a whole number from 1, given "no"'],
    [{ kind: "throttle", count: "0" }, 'fault throttle: count: wanted a whole number from 1, given "0"'],
    [{ kind: "dropZone" }, "fault dropZone: zone: wanted a text that is not empty, given nothing"],
    [
      { kind: "errorsAfter", share: 2, colour: "red" },
      'fault errorsAfter: share: wanted a share above 0 and up to 1, such as 0.05, given 2; colour: wanted blue or green, given "red"',
    ],
  ];
  for (const [request, message] of bad) {
    it(`refuses ${JSON.stringify(request)}`, () => expect(() => parseFault(request)).to.throw(UserError, message));
  }

  it("refuses an operation of a service that signs with another name", () => {
    expect(() => parseFault({ kind: "throttle", operation: "elbv2:ModifyRule" })).to.throw(
      /^fault throttle: operation: wanted \*, SERVICE:\* or SERVICE:Operation; services are acm, .*given "elbv2:ModifyRule"$/,
    );
  });
});
