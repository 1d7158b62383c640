import { expect } from "chai";
import { hostPort } from "../../../../automation/first-contact/questions/host-port";
import { AwsServer } from "../../aws/server";
import { SampleTrial } from "../sample-trial";

/** Seconds until an address of the load balancer follows a change of its rule, by address. */
const SPREAD: Record<string, number> = { "blue-1": 3, "blue-2": 8 };
const HOST = "users.example.jp";
const CONDITION = "Conditions.member.1.HostHeaderConfig";

/** Whether a rule's condition matches a Host header. */
interface Matching {
  value(value: string, header: string): boolean;
  regex(regex: string, header: string): boolean;
}

const EXACTLY: Matching = {
  value: (value, header) => value === header,
  regex: (regex, header) => new RegExp(regex).test(header),
};
const WITHOUT_PORT = (header: string) => header.replace(/:\d+$/, "");

describe("the question whether host rules match a port", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
  });
  afterEach(() => aws.close());

  /** A load balancer whose addresses follow each change of the rule after a while. @returns the answer, and the conditions that the rule had */
  const ask = async (matching: Matching, answers: (address: string) => boolean = () => true) => {
    type Condition = (header: string) => boolean;
    const rules: { sinceMs: number; matches: Condition }[] = [
      { sinceMs: 0, matches: (header) => matching.value(HOST, header) },
    ];
    const sample: SampleTrial = new SampleTrial({
      http: {
        get: async ({ via, hostHeader = "" }) => {
          // A name leads to one of its addresses.
          const address = via === "blue" ? "blue-1" : via!;
          if (!answers(address)) throw new Error("no answer");
          const seenMs = sample.nowMs - SPREAD[address]! * 1000;
          const rule = rules.findLast(({ sinceMs }) => sinceMs <= seenMs)!;
          return { status: rule.matches(hostHeader) ? 200 : 404, release: "" };
        },
      },
    });
    aws.replies.ModifyRule = (input) => {
      const value = input[`${CONDITION}.Values.member.1`] as string | undefined;
      const regex = input[`${CONDITION}.RegexValues.member.1`] as string;
      rules.push({
        sinceMs: sample.nowMs,
        matches: (header) => (value === undefined ? matching.regex(regex, header) : matching.value(value, header)),
      });
      return "<ModifyRuleResponse><ModifyRuleResult/></ModifyRuleResponse>";
    };
    const answer = await hostPort.ask(sample.trial);
    return { says: "not seen", ...answer };
  };

  const table: [what: string, matching: Matching, says: string, evidence: string][] = [
    [
      "confirmed where a regular expression matches and a value does not",
      EXACTLY,
      "confirmed",
      "with the host as a value it was answered with 404, with a regular expression with 404 and 200",
    ],
    [
      "confirmed where both match",
      { ...EXACTLY, value: (value, header) => value === WITHOUT_PORT(header) },
      "confirmed",
      "with the host as a value it was answered with 200, with a regular expression with 404 and 200",
    ],
    [
      "refuted where values match whatever the port is, and regular expressions never do",
      { value: (value, header) => value === WITHOUT_PORT(header), regex: () => false },
      "refuted",
      "with the host as a value it was answered with 200, with a regular expression with 404",
    ],
    [
      "not seen where any rule matches",
      { value: () => true, regex: () => false },
      "not seen",
      "with the host as a value it was answered with 200, and so it was with another host, by some address of the load balancer",
    ],
  ];
  for (const [what, matching, says, evidence] of table) {
    it(`is ${what}`, async () => {
      expect(await ask(matching)).to.deep.equal({ says, evidence });
    });
  }

  for (const silent of [["blue-2"], ["blue-1", "blue-2"]])
    it(`is not seen while ${silent.join(" and ")} does not answer after the last change`, async () => {
      const isLast = () => aws.inputs("ModifyRule").length > 1;
      const { says } = await ask(EXACTLY, (address) => !isLast() || !silent.includes(address));
      expect(says).to.equal("not seen");
    });

  it("leaves the rule with the host as its value", async () => {
    await ask(EXACTLY);
    expect(aws.inputs("ModifyRule").map((input) => input[`${CONDITION}.Values.member.1`])).to.deep.equal([
      `first-contact.${HOST}`,
      undefined,
      HOST,
    ]);
  });
});
