import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { connectFrom } from "../../../../../rehearsal/cloud/data-plane/egress/connect-from";

const FROM = "127.66.31.10";
const TO = "127.66.31.1";

describe("rehearsal/cloud/data-plane/egress/connect-from", () => {
  it("connects from the address, each time from another port that is not in use", async () => {
    const server = createServer().listen(0, TO);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const first = await connectFrom(FROM, TO, port);
    // The next port in turn is a listener's.
    const squatter = createServer().listen(first.localPort! + 1, FROM);
    await once(squatter, "listening");
    const sockets: Socket[] = [first];
    for (let i = 0; i < 20; i += 1) sockets.push(await connectFrom(FROM, TO, port));
    expect(new Set(sockets.map((socket) => socket.localAddress))).to.deep.equal(new Set([FROM]));
    expect(new Set(sockets.map((socket) => socket.localPort)).size).to.equal(21);
    expect(sockets[1]!.localPort).to.not.equal(first.localPort! + 1);
    for (const socket of sockets) socket.destroy();
    squatter.close();
    server.close();
    await once(server, "close");
    const error = await connectFrom(FROM, TO, port).catch((caught) => caught);
    expect(error.code).to.equal("ECONNREFUSED");
  });
});
