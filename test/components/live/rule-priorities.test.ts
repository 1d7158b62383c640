import { expect } from "chai";
import fc from "fast-check";
import { assignRulePriorities, ruleKey } from "../../../components/live/rule-priorities";
import { hostRoutes, specificity } from "../../../components/settings/own-hosts";
import { parseSettings, type Settings } from "../../../components/settings/settings";

const HIGHEST = 50_000;

function settings(services: Record<string, { hosts?: string[]; paths?: string[]; exposure?: string[] }>): Settings {
  const apis = Object.entries(services).map(([name, values]) => [name, { kind: "api", ...values }]);
  return parseSettings({ domain: "example.jp", services: Object.fromEntries(apis) });
}

describe("assignRulePriorities", () => {
  it("has one for each name of each edge, and for each host and path", () => {
    const both = { users: { exposure: ["public", "internal"], hosts: ["example.jp"], paths: ["/users", "/users/*"] } };
    expect(Object.keys(assignRulePriorities(settings(both)))).to.have.members([
      "users users.example.jp",
      "users users-test.example.jp",
      "users users.internal.example.jp",
      "users users-test.internal.example.jp",
      "users example.jp/users",
      "users example.jp/users/*",
    ]);
  });

  it("puts more specific paths first, whichever service has them", () => {
    const shared = settings({
      api: { hosts: ["example.jp"], paths: ["/api/*", "/api/v2/health"] },
      v2: { hosts: ["example.jp"], paths: ["/api/v2/*", "/api/"] },
      web: { hosts: ["example.jp"] },
    });
    const priorities = assignRulePriorities(shared);
    const order = [
      "api example.jp/api/v2/health",
      "v2 example.jp/api/v2/*",
      "v2 example.jp/api/",
      "api example.jp/api/*",
      "web example.jp",
    ];
    const numbers = order.map((key) => priorities[key]!);
    // `/api/` and `/api/v2/*` match no common request, so their order has no meaning.
    expect(numbers[0]).to.be.below(numbers[1]!);
    expect(numbers[1]).to.be.below(numbers[3]!);
    expect(numbers[2]).to.be.below(numbers[3]!);
    expect(numbers[3]).to.be.below(numbers[4]!);
  });

  it("keeps each while others come and go, and gives none that the last run had to another", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{4,8}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(names, names, (before, after) => {
        const first = assignRulePriorities(settings(Object.fromEntries(before.map((name) => [name, {}]))));
        const second = assignRulePriorities(settings(Object.fromEntries(after.map((name) => [name, {}]))), first);
        const numbers = Object.values(second);
        expect(new Set(numbers).size).to.equal(numbers.length);
        expect(numbers.every((number) => number % 2 === 0 && number >= 1_000 && number <= HIGHEST)).to.equal(true);
        for (const [key, number] of Object.entries(second)) {
          const owner = Object.keys(first).find((other) => first[other] === number);
          expect(owner ?? key).to.equal(key);
          if (key in first) expect(number).to.equal(first[key]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("puts a host's new owner before the former one, which a run deletes after its instances", () => {
    for (let place = 0; place < 50; place++) {
      const owned = (name: string) => ({ [name]: { hosts: ["example.jp"], paths: ["/api/*"] } });
      const first = assignRulePriorities(settings({ ...owned(`former-${place}`), www: {} }));
      const named = { [`later-${place}`]: { hosts: ["www.example.jp"] }, ...owned(`next-${place}`) };
      const second = assignRulePriorities(settings(named), first);
      expect(second[`next-${place} example.jp/api/*`]).to.be.below(first[`former-${place} example.jp/api/*`]!);
      expect(second[`later-${place} www.example.jp`]).to.be.below(first["www www.example.jp"]!);
    }
  });

  it("gives each owner of a host that passes often a priority of the host's specificity", () => {
    let last: Record<string, number> = {};
    for (let turn = 0; turn < 300; turn++) {
      const now = assignRulePriorities(
        settings({ [`web-${turn}`]: { hosts: ["example.jp"] }, api: { hosts: ["example.jp"], paths: ["/api/*"] } }),
        last,
      );
      expect(now[`web-${turn} example.jp`]).to.be.above(now["api example.jp/api/*"]!).and.at.most(HIGHEST);
      last = now;
    }
  });
});

describe("specificity", () => {
  const segment = fc.stringMatching(/^[a-z]{1,3}$/);
  const path = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean());

  it("is higher for a path that is inside another", () => {
    fc.assert(
      fc.property(path, fc.array(segment, { maxLength: 3 }), fc.boolean(), ([outer, isExact], more, isPrefix) => {
        const pattern = `/${outer.join("/")}${isExact ? "" : "/*"}`;
        const inner = `/${[...outer, ...more].slice(0, 5).join("/")}${isPrefix ? "/*" : ""}`;
        const isInside = !isExact && inner !== pattern && inner.startsWith(pattern.slice(0, -1));
        if (isInside) expect(specificity(inner)).to.be.above(specificity(pattern));
      }),
    );
  });

  it("of every path is the least, and /* is every path", () => {
    expect(hostRoutes({ hosts: ["example.jp"], paths: ["/*"] })).to.deep.equal([{ host: "example.jp", path: null }]);
    expect(specificity(null)).to.be.below(specificity("/"));
    expect(ruleKey("web", "example.jp")).to.equal("web example.jp");
  });
});
