import { expect } from "chai";
import { scrub } from "../../../automation/first-contact/scrub";

describe("what is written about an account", () => {
  const table: [text: string, scrubbed: string][] = [
    [
      "User: arn:aws:sts::123456789012:assumed-role/probe/x is not authorized to perform: cloudwatch:PutMetricAlarm",
      "User: <arn> is not authorized to perform: cloudwatch:PutMetricAlarm",
    ],
    ["Access Denied for bucket: probe-123456789012. Please", "Access Denied for bucket: probe-<account>. Please"],
    ["instance i-0123456789abcdef0 in subnet-0123456789abcdef0", "instance <id> in <id>"],
    ["getaddrinfo ENOTFOUND users.example.jp", "getaddrinfo ENOTFOUND users.<domain>"],
    ["connect ECONNREFUSED 203.0.113.7:443", "connect ECONNREFUSED <address>:443"],
    ["blue-1234.ap-northeast-1.elb.amazonaws.com answers", "<load balancer> answers"],
    ["key ASIA0123456789ABCDEF", "key <key>"],
    ["RequestID: 01234567-89ab-cdef-0123-456789abcdef", "RequestID: <request>"],
    [
      "Encoded authorization failure message: abc_DEF-123 and more",
      "Encoded authorization failure message: <encoded> and more",
    ],
    ["group aoshingo-trial-users-blue. Then /aoshingo/trial/users is gone", "group <name>. Then /<name> is gone"],
    ["aoshingo-trials is another one's", "aoshingo-trials is another one's"],
    ["the first line\nthe second line", "the first line"],
    ["a termination took 47 s with a delay of 30 s", "a termination took 47 s with a delay of 30 s"],
  ];
  for (const [text, scrubbed] of table) {
    it(`has no identifiers: ${JSON.stringify(text)}`, () => {
      expect(scrub(text, { project: "aoshingo", stack: "trial", domain: "example.jp" })).to.equal(scrubbed);
    });
  }
});
