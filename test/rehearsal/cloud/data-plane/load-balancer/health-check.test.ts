import { expect } from "chai";
import { checkHealth, parseSuccessCodes } from "../../../../../rehearsal/cloud/data-plane/load-balancer/health-check";
import { CloudClock } from "../../../../../rehearsal/cloud/kernel/clock";
import { group, named, startTarget, target } from "./scene";

describe("rehearsal/cloud/data-plane/load-balancer/health-check", () => {
  const cases: [matcher: string, passes: number[], fails: number[]][] = [
    ["200", [200], [199, 201, 404]],
    ["200-299", [200, 250, 299], [300]],
    ["200,202", [200, 202], [201]],
    ["200-204, 301", [203, 301], [205, 302]],
  ];
  for (const [matcher, passes, fails] of cases) {
    it(`parses the matcher ${matcher}`, () => {
      const accepts = parseSuccessCodes(matcher);
      expect(passes.filter(accepts)).to.deep.equal(passes);
      expect(fails.filter(accepts)).to.deep.equal([]);
    });
  }

  it("parses the matcher of gRPC's codes (E57)", () => {
    expect([0, 7, 12, 13].filter(parseSuccessCodes("0,7-12", true))).to.deep.equal([0, 7, 12]);
    for (const matcher of ["200", "100", "-1"]) expect(() => parseSuccessCodes(matcher, true)).to.throw("from 0 to 99");
  });

  for (const matcher of ["", "ok", "199", "500", "299-200", "200-", "200;201"]) {
    it(`refuses the matcher "${matcher}"`, () => {
      expect(() => parseSuccessCodes(matcher)).to.throw(`Health check matcher "${matcher}"`);
    });
  }

  for (const path of ["/up now", "/健康"]) {
    it(`fails a check of ${path}, which Node does not send, and goes on`, async () => {
      const server = await startTarget(named("one"));
      try {
        const to = target("i-1", server.endpoint);
        const { signal } = new AbortController();
        const { healthCheck } = group("g", [to]);
        const outcome = await checkHealth(to, { ...healthCheck, path }, "HTTP1", new CloudClock(1), signal);
        expect(outcome).to.deep.equal({ kind: "failed" });
      } finally {
        await server.close();
      }
    });
  }
});
