import { expect } from "chai";
import {
  acknowledgedSequence,
  decodeMessage,
  encodeAcknowledgement,
  encodeMessage,
  MESSAGE,
  PAYLOAD,
} from "../../../automation/exec/agent-message";

const AT_MS = 1_764_230_400_000;
const KEYS = {
  type: MESSAGE.input,
  sequence: 7,
  id: "01234567-89ab-4cde-8f01-23456789abcd",
  payloadType: PAYLOAD.data,
  payload: Buffer.from("ls\n"),
};
/** The same message as AWS's own client writes it (session-manager-plugin 1.2.677.0, src/message). */
const BYTES = Buffer.from(
  [
    "00000074", // length of the header
    "696e7075745f73747265616d5f64617461202020202020202020202020202020", // type
    "00000001", // schema version
    "0000019ac4538800", // time
    "0000000000000007", // sequence number
    "0000000000000000", // flags
    "8f0123456789abcd0123456789ab4cde", // id, its second half first
    "e9fe7e88e89d532379960402db8f9458194dae772aa5fda5a12806c22215f0ff", // SHA-256 of the payload
    "00000001", // type of the payload
    "00000003", // length of the payload
    "6c730a",
  ].join(""),
  "hex",
);

describe("automation/exec/agent-message", () => {
  it("writes the bytes that AWS's own client writes", () => {
    expect(encodeMessage(KEYS, AT_MS).toString("hex")).to.equal(BYTES.toString("hex"));
  });

  it("reads them again", () => {
    expect(decodeMessage(BYTES)).to.deep.equal({ ...KEYS, flags: 0n });
  });

  it("reads a type that ends with zeros, as services may pad it", () => {
    const padded = Buffer.from(BYTES);
    padded.fill(0, 4 + MESSAGE.input.length, 36);
    expect(decodeMessage(padded).type).to.equal(MESSAGE.input);
  });

  it("reads a header that ends before the payload's type", () => {
    const bytes = encodeMessage({ ...KEYS, type: MESSAGE.closed, payload: Buffer.alloc(0) }, AT_MS);
    const short = Buffer.concat([bytes.subarray(0, 112), Buffer.alloc(4)]);
    short.writeUInt32BE(112);
    expect(decodeMessage(short)).to.deep.include({ type: MESSAGE.closed, payloadType: PAYLOAD.none });
  });

  it("refuses a payload that was changed, and bytes that are too few", () => {
    const changed = Buffer.from(BYTES);
    changed[changed.length - 1] = 0;
    expect(() => decodeMessage(changed)).to.throw("the payload of a message does not have its digest");
    expect(() => decodeMessage(BYTES.subarray(0, 50))).to.throw("a message of 50 bytes is too short");
  });

  it("acknowledges a message by its type, id and sequence number", () => {
    const message = decodeMessage(encodeAcknowledgement({ ...KEYS, flags: 0n }, AT_MS));
    expect(message).to.deep.include({ type: MESSAGE.acknowledge, sequence: 0, flags: 3n });
    expect(JSON.parse(message.payload.toString())).to.deep.equal({
      AcknowledgedMessageType: MESSAGE.input,
      AcknowledgedMessageId: KEYS.id,
      AcknowledgedMessageSequenceNumber: 7,
      IsSequentialMessage: true,
    });
    expect(acknowledgedSequence(message)).to.equal(7);
  });
});
