import { expect } from "chai";
import { parseListening } from "../../../../rehearsal/cloud/processes/first-process";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 0 0 0 1`;

const SOCKETS: [what: string, local: string, state: string, listening: { port: number; isLoopback: boolean }[]][] = [
  ["all addresses", "00000000:1F90", "0A", [{ port: 8080, isLoopback: false }]],
  ["127.0.0.1", "0100007F:1F90", "0A", [{ port: 8080, isLoopback: true }]],
  ["127.0.0.2", "0200007F:0050", "0A", [{ port: 80, isLoopback: true }]],
  ["one address", "0212C6C6:0BB8", "0A", [{ port: 3000, isLoopback: false }]],
  ["all of IPv6", `${"0".repeat(32)}:0BB8`, "0A", [{ port: 3000, isLoopback: false }]],
  ["::1", "00000000000000000000000001000000:0BB8", "0A", [{ port: 3000, isLoopback: true }]],
  ["::ffff:127.0.0.1", "0000000000000000FFFF00000100007F:0BB8", "0A", [{ port: 3000, isLoopback: true }]],
  ["a connection", "0100007F:1F90", "01", []],
];

describe("rehearsal/cloud/processes/first-process", () => {
  for (const [what, local, state, listening] of SOCKETS) {
    it(`reads a socket of ${what}`, () => {
      expect(parseListening(`${HEAD}\n${line(local, state)}\n`)).to.deep.equal(listening);
    });
  }
});
