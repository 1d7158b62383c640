import { expect } from "chai";
import { meantKey } from "../../../components/settings/meant-key";

const WEB = ["services", "web"];

describe("meantKey", () => {
  const cases: [what: string, block: PropertyKey[], typed: string, wanted: string | undefined][] = [
    ["a typo at the top", [], "cutOver", "cutover"],
    ["a typo of a service's setting", WEB, "sise", "size"],
    ["a typo in a list", [...WEB, "egress", 0], "ports", "port"],
    ["a typo in one of several forms", [...WEB, "queue"], "maxRecieveCount", "maxReceiveCount"],
    ["a key of another block", [], "drainSeconds", "aoshingo:deploy.drainSeconds (the key belongs there)"],
    ["a typo of one", [], "drainSecond", "aoshingo:deploy.drainSeconds (the key belongs there)"],
    ["a key of a block below", WEB, "min", "aoshingo:services.web.size.min (the key belongs there)"],
    [
      "a key of a block below that is like one of the block",
      WEB,
      "timeoutSeconds",
      "stopTimeoutSeconds or aoshingo:services.web.healthCheck.timeoutSeconds (the key belongs there)",
    ],
    ["a service's key at the top", [], "exposure", "aoshingo:services.*.exposure (the key belongs there)"],
    [
      "a key of the service in its block below",
      [...WEB, "size"],
      "cpu",
      "aoshingo:services.web.cpu (the key belongs there)",
    ],
    ["a key that several other blocks have", [], "cpu", "aoshingo:services.*.cpu (the key belongs there)"],
    ["a former name's typo", WEB, "reache", undefined],
    ["a short word that is only like another block's", [...WEB, "size"], "most", undefined],
    ["nothing like it", WEB, "colour", undefined],
  ];
  for (const [what, block, typed, wanted] of cases)
    it(`finds ${wanted ?? "nothing"} for ${what}`, () => {
      expect(meantKey(block, typed)).to.equal(wanted);
    });
});
