import { expect } from "chai";
import { checkLifecycle, type LifecycleRule } from "../../../../../../rehearsal/cloud/services/s3/model/lifecycle";
import { refusal } from "../../../refusal";

const RULE: LifecycleRule = { id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days: 90 } };
const MALFORMED =
  "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema";

describe("rehearsal/cloud/services/s3/model/lifecycle", () => {
  for (const [title, rules, answer] of [
    ["rules with actions", [RULE, { ...RULE, id: "other" }], "accepted"],
    [
      "two rules of one id",
      [RULE, RULE],
      "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule: expire",
    ],
    [
      "a rule without an action",
      [{ ...RULE, expiration: undefined }],
      "InvalidRequest: At least one action needs to be specified in a rule",
    ],
    ["a rule without a filter", [{ ...RULE, filter: undefined }], MALFORMED],
    [
      "days and delete markers in one",
      [{ ...RULE, expiration: { days: 1, expiredObjectDeleteMarker: true } }],
      MALFORMED,
    ],
    ["more than 1,000 rules", Array.from({ length: 1_001 }, (_, id) => ({ ...RULE, id: String(id) })), MALFORMED],
  ] as [string, LifecycleRule[], string][])
    it(`${title}: ${answer}`, () => expect(refusal(() => checkLifecycle(rules))).to.equal(answer));
});
