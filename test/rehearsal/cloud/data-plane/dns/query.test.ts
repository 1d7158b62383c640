import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { decode, encode } from "dns-packet";
import { queryAddresses } from "../../../../../rehearsal/cloud/data-plane/dns/query";

describe("rehearsal/cloud/data-plane/dns/query", () => {
  it("passes over datagrams that are no packets of DNS", async () => {
    const server = createSocket("udp4");
    server.on("message", (message, { address, port }) => {
      server.send(Buffer.alloc(20, 0xff), port, address);
      const { id, questions } = decode(message);
      const answers = [{ type: "A" as const, name: questions![0]!.name, ttl: 60, data: "127.0.0.9" }];
      server.send(encode({ type: "response", id, questions, answers }), port, address);
    });
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { address, port } = server.address();
      const { addresses } = await queryAddresses({ address, port }, "users.rehearsal.test", 60_000);
      expect(addresses).to.deep.equal(["127.0.0.9"]);
    } finally {
      server.close();
    }
  });
});
