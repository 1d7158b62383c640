import { expect } from "chai";
import {
  checkContents,
  type MessageAttribute,
  md5OfAttributes,
  sizeOf,
} from "../../../../../../rehearsal/cloud/services/sqs/model/message";
import { refusal } from "../../../refusal";

describe("rehearsal/cloud/services/sqs/model/message", () => {
  // The checksums are those that AWS gives for the same attributes, as quoted in tests of SQS clients.
  const cases: [string, Record<string, MessageAttribute>, string][] = [
    [
      "a number",
      { timestamp: { DataType: "Number", StringValue: "1493147359900" } },
      "235c5c510d26fb653d073faed50ae77c",
    ],
  ];
  for (const [title, attributes, checksum] of cases) {
    it(`has SQS's checksum for ${title}`, () => expect(md5OfAttributes(attributes)).to.equal(checksum));
  }

  it("has a checksum that depends on every part of an attribute but not on their order", () => {
    const text = { DataType: "String", StringValue: "x" };
    const bytes = { DataType: "Binary", BinaryValue: "eA==" };
    expect(md5OfAttributes({ a: text, b: bytes })).to.equal(md5OfAttributes({ b: bytes, a: text }));
    const others: Record<string, MessageAttribute>[] = [
      { a: text },
      { a: bytes },
      { b: text },
      { a: { ...text, DataType: "String.x" } },
    ];
    expect(new Set(others.map(md5OfAttributes)).size).to.equal(4);
    expect(md5OfAttributes({})).to.equal(undefined);
  });

  it("counts the bytes of body and attributes", () => {
    expect(sizeOf("青", { kind: { DataType: "String", StringValue: "mail" } })).to.equal(3 + 4 + 6 + 4);
  });

  for (const [body, answer] of [
    ["青信号 🚦\t\r\n", "accepted"],
    ["", "MissingParameter: The request must contain the parameter MessageBody."],
    ["a\u0001", "InvalidMessageContents: Invalid binary character '#x1' was found in the message body"],
    ["\uFFFE", "InvalidMessageContents: Invalid binary character '#xFFFE'"],
  ] as const) {
    it(`checks the body ${JSON.stringify(body)}: ${answer.split(":")[0]}`, () =>
      expect(refusal(() => checkContents(body))).to.satisfy((text: string) => text.startsWith(answer)));
  }
});
