import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { ServerEndpoint } from "../../../../rehearsal/cloud/kernel/endpoint";
import { eventually } from "../../../eventually";

const HOST = "127.0.0.1";

describe("a server that goes away", () => {
  const connections = new Set<Socket>();
  const server = createServer((socket) => connections.add(socket.on("error", () => undefined)));
  const endpoint = new ServerEndpoint(server, () => {
    for (const socket of connections) socket.destroy();
  });
  let port: number;

  before(async () => {
    await once(server.listen(0, HOST), "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(() => endpoint.close());

  /** Returns the local address of a new connection to the port, or the code of the refusal. */
  const answer = async () => {
    const socket = connect(port, HOST);
    try {
      await once(socket, "connect");
      return "connected";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    } finally {
      socket.destroy();
    }
  };

  it("refuses connections, breaks off those that it has, and comes back on its port", async () => {
    const open = connect(port, HOST).on("error", () => undefined);
    await once(open, "connect");
    const broken = once(open, "close");
    await endpoint.goAway();
    await broken;
    expect(await answer()).to.equal("ECONNREFUSED");
    await endpoint.goAway();
    await endpoint.comeBack();
    expect((server.address() as AddressInfo).port).to.equal(port);
    expect(await answer()).to.equal("connected");
    await endpoint.comeBack();
  });

  it("has a connection on its port meanwhile, so that the system gives the port to no other program", async function () {
    if (process.platform !== "linux") this.skip();
    const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const isKept = () => readFileSync("/proc/net/tcp", "utf8").includes(` ${place} ${place} `);
    await endpoint.goAway();
    expect(isKept()).to.equal(true);
    await endpoint.comeBack();
    await eventually("the port without its own connection", () => !isKept());
    expect(await answer()).to.equal("connected");
  });

  it("can end while it is away", async () => {
    await endpoint.goAway();
    await endpoint.close();
    expect(server.listening).to.equal(false);
  });
});
