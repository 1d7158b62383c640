import { expect } from "chai";
import { type ConditionInput, parseConditions } from "../../../../../../rehearsal/cloud/services/elb/model/conditions";
import { hostIs, refused } from "./scene";

const pathIs = (...values: string[]): ConditionInput[] => [{ pathPattern: { values } }];

describe("rehearsal/cloud/services/elb/model/conditions", () => {
  it("returns hosts and paths", () => {
    expect(parseConditions([...hostIs("users.example.jp", "*.Example.jp"), ...pathIs("/api/*")])).to.deep.equal({
      hostHeaders: ["users.example.jp", "*.Example.jp"],
      hostRegexes: [],
      pathPatterns: ["/api/*"],
      httpHeaders: [],
    });
  });

  it("returns regular expressions of hosts (E60)", () => {
    const regex = "^users\\.example\\.jp(:4711)?$";
    expect(parseConditions([{ hostHeader: { regexValues: [regex] } }])).to.deep.include({
      hostHeaders: [],
      hostRegexes: [regex],
    });
  });

  it("returns headers, and refuses what ELB does, without their values (E55)", async () => {
    const header = (httpHeaderName: string, ...values: string[]): ConditionInput[] => [
      ...hostIs("users.example.jp"),
      { httpHeader: { httpHeaderName, values } },
    ];
    expect(parseConditions(header("X-Preview", "key")).httpHeaders).to.deep.equal([
      { name: "X-Preview", values: ["key"] },
    ]);
    const long = "secret".repeat(30);
    for (const [given, message] of [
      [header("Host", "a.jp"), "An http-header condition cannot specify the host header; use a host-header condition"],
      [header("x".repeat(41), "a"), `The HTTP header name '${"x".repeat(41)}' is not valid`],
      [header("x preview", "a"), "The HTTP header name 'x preview' is not valid"],
      [header("x-preview", long), "A value of the HTTP header 'x-preview' must have 1 to 128 characters"],
      [header("x-preview", "a", "b", "c", "d", "e"), "A rule can only have '5' condition values"],
    ] as const)
      await refused(() => parseConditions(given), "ValidationError", message);
  });

  const longHost = `${"a".repeat(126)}.jp`;
  const cases: [string, ConditionInput[], RegExp][] = [
    ["no condition", [], /at least one condition/],
    ["two host conditions", [...hostIs("a.jp"), ...hostIs("b.jp")], /at most one 'host-header' condition/],
    ["two path conditions", [...pathIs("/a"), ...pathIs("/b")], /at most one 'path-pattern' condition/],
    ["no field", [{}], /exactly one field/],
    ["no value", hostIs(), /condition value must be specified/],
    ["an empty host", hostIs(""), /cannot be empty/],
    ["a long host", hostIs(longHost), /cannot be longer than '128' characters/],
    ["an underscore", hostIs("my_host.jp"), /may contain only A-Z a-z 0-9 - \. \* \?/],
    ["a port", hostIs("example.jp:8443"), /may contain only/],
    ["no dot", hostIs("localhost"), /must have a dot/],
    ["digits after the last dot", hostIs("10.0.0.1"), /only letters after the last one/],
    ["six values", hostIs("a.jp", "b.jp", "c.jp", "d.jp", "e.jp", "f.jp"), /can only have '5' condition values/],
    ["six values of both", [...hostIs("a.jp", "b.jp", "c.jp"), ...pathIs("/a", "/b", "/c")], /'5' condition values/],
    ["six wildcards", [...hostIs("*.*.?.jp"), ...pathIs("/*/?/*")], /can only have '5' condition wildcards/],
    ["a value beside a regular expression", [{ hostHeader: { values: ["a.jp"], regexValues: ["a"] } }], /either/],
    ["no regular expression", [{ hostHeader: { regexValues: [] } }], /condition value must be specified/],
    ["an empty regular expression", [{ hostHeader: { regexValues: [""] } }], /cannot be empty/],
    ["a long regular expression", [{ hostHeader: { regexValues: ["a".repeat(129)] } }], /longer than '128' characters/],
    ["a wrong regular expression", [{ hostHeader: { regexValues: ["(a"] } }], /'\(a' is not valid/],
    ["a space in a path", pathIs("/a b"), /character that ELB does not allow/],
  ];
  for (const [what, conditions, message] of cases) {
    it(`refuses ${what} (E17)`, () => refused(() => parseConditions(conditions), "ValidationError", message));
  }
});
