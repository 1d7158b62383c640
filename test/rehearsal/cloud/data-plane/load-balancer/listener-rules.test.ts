import { expect } from "chai";
import { hostRegex } from "../../../../../components/edge/host-condition";
import {
  compilePattern,
  compileRules,
  findAction,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/listener-rules";
import type { ActionConfig, RuleConfig } from "../../../../../rehearsal/cloud/data-plane/load-balancer/types";

function fixed(messageBody: string): ActionConfig {
  return { type: "fixed-response", statusCode: 200, contentType: "text/plain", messageBody };
}

function rule(priority: number, hostHeaders: string[], pathPatterns: string[], name: string): RuleConfig {
  return { arn: name, priority, hostHeaders, pathPatterns, hostRegexes: [], httpHeaders: [], action: fixed(name) };
}

describe("rehearsal/cloud/data-plane/load-balancer/listener-rules: findAction", () => {
  const rules = compileRules({
    // The order is wrong on purpose.
    rules: [
      rule(30, ["*.example.jp"], [], "wildcard"),
      rule(10, ["users.example.jp"], ["/v?/*"], "versioned"),
      rule(20, ["users.example.jp", "people.example.jp"], [], "users"),
      rule(40, [], ["/health"], "any host"),
      { ...rule(5, [], [], "internal"), hostRegexes: [hostRegex("users.internal.example.jp", 4711)] },
    ],
    defaultAction: fixed("default"),
  });
  const cases: [host: string, url: string, action: string][] = [
    ["users.example.jp", "/v1/users", "versioned"],
    ["users.example.jp", "/V1/users", "users"],
    ["users.example.jp", "/v10/users", "users"],
    ["users.example.jp", "/?path=/v1/users", "users"],
    ["USERS.Example.JP", "/", "users"],
    ["users.example.jp:8443", "/", "default"],
    ["USERS.internal.example.jp:4711", "/", "default"],
    ["users.internal.example.jp:4711", "/", "internal"],
    ["users.internal.example.jp", "/", "internal"],
    ["users.internal.example.jp:4712", "/", "default"],
    ["people.example.jp", "/v1/x", "users"],
    ["other.example.jp", "/", "wildcard"],
    ["a.b.example.jp", "/", "wildcard"],
    ["example.jp", "/", "default"],
    ["usersXexample.jp", "/", "default"],
    ["", "/health?x=1", "any host"],
    ["users.example.jp.evil.com", "/", "default"],
  ];
  for (const [host, url, name] of cases) {
    it(`sends ${host || "no host"}${url} to ${name}`, () => {
      expect(findAction(rules, host, url).action).to.deep.equal(fixed(name));
    });
  }
});

describe("rehearsal/cloud/data-plane/load-balancer/listener-rules: headers (E55)", () => {
  const forTesters = {
    ...rule(1, ["users.example.jp"], [], "testers"),
    httpHeaders: [{ name: "X-Preview", values: ["Key-1"] }],
  };
  const rules = compileRules({
    rules: [forTesters, rule(2, ["users.example.jp"], [], "users")],
    defaultAction: fixed("default"),
  });
  const found = (headers: Record<string, string>) => findAction(rules, "users.example.jp", "/", headers).action;

  it("match by name and whole value, without regard to case", () => {
    expect(found({ "x-preview": "key-1" })).to.deep.equal(fixed("testers"));
    expect(found({ "x-preview": "key-12" })).to.deep.equal(fixed("users"));
    expect(found({ "x-other": "key-1" })).to.deep.equal(fixed("users"));
    expect(found({})).to.deep.equal(fixed("users"));
  });
});

describe("rehearsal/cloud/data-plane/load-balancer/listener-rules: compilePattern", () => {
  it("treats every other character as a literal", () => {
    expect(compilePattern("/a.b(c)+[d]$", "").test("/a.b(c)+[d]$")).to.equal(true);
    expect(compilePattern("/a.b", "").test("/axb")).to.equal(false);
  });
});
