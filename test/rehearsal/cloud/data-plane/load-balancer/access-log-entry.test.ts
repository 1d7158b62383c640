import { expect } from "chai";
import {
  type AccessLogEntry,
  formatEntry,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/access-log-entry";

const AT = Date.UTC(2026, 10, 26, 18, 0, 0, 250);
const GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/users-bb/0123456789abcdef";

const forwarded: AccessLogEntry = {
  type: "https",
  loadBalancer: "app/public-blue/0123456789abcdef",
  client: { address: "127.0.0.1", port: 50_000 },
  target: { address: "127.20.9.1", port: 8080 },
  startedAtMs: AT,
  sentAtMs: AT + 1,
  answeredAtMs: AT + 13.6,
  endedAtMs: AT + 20,
  status: 200,
  isFromTarget: true,
  receivedBytes: 120,
  sentBytes: 340,
  method: "GET",
  url: "https://users.example.jp:443/users?limit=1",
  httpVersion: "1.1",
  userAgent: 'a "browser"',
  tls: { cipher: "TLS_AES_256_GCM_SHA384", protocol: "TLSv1.3", serverName: "users.example.jp" },
  targetGroupArn: GROUP,
  rulePriority: 100,
  action: "forward",
};

describe("rehearsal/cloud/data-plane/load-balancer/access-log-entry", () => {
  it("has ELB's 30 fields in their order", () => {
    expect(formatEntry(forwarded)).to.equal(
      "https 2026-11-26T18:00:00.270Z app/public-blue/0123456789abcdef 127.0.0.1:50000 127.20.9.1:8080 0.001 0.013 0.006 " +
        '200 200 120 340 "GET https://users.example.jp:443/users?limit=1 HTTP/1.1" "a %22browser%22" ' +
        `TLS_AES_256_GCM_SHA384 TLSv1.3 ${GROUP} "-" "users.example.jp" "-" 100 2026-11-26T18:00:00.250Z ` +
        '"forward" "-" "-" "127.20.9.1:8080" "200" "-" "-" -',
    );
  });

  const fieldsOf = (entry: Partial<AccessLogEntry>) =>
    formatEntry({ ...forwarded, ...entry })
      .match(/"[^"]*"|\S+/g)!
      .slice(0, 30);
  const cases: [what: string, entry: Partial<AccessLogEntry>, fields: Record<number, string>][] = [
    [
      "a redirect, which no target answers",
      {
        ...{ type: "http", tls: undefined, target: undefined, targetGroupArn: undefined, rulePriority: 0 },
        ...{ sentAtMs: undefined, answeredAtMs: undefined, status: 301, isFromTarget: false, action: "redirect" },
      },
      { 4: "-", 5: "-1", 6: "-1", 7: "-1", 8: "301", 9: "-", 14: "-", 15: "-", 16: "-", 20: "0", 22: '"redirect"' },
    ],
    [
      "an answer of the load balancer for a target that cannot be reached",
      { status: 502, isFromTarget: false },
      { 4: "127.20.9.1:8080", 8: "502", 9: "-", 26: '"-"' },
    ],
    [
      "a client that went away before the answer",
      { answeredAtMs: undefined, isFromTarget: false },
      { 5: "0.001", 6: "-1", 7: "-1" },
    ],
  ];
  for (const [what, entry, fields] of cases) {
    it(`tells of ${what}`, () => {
      const all = fieldsOf(entry);
      expect(all).to.have.length(30);
      expect(Object.fromEntries(Object.keys(fields).map((index) => [index, all[Number(index)]]))).to.deep.equal(fields);
    });
  }
});
