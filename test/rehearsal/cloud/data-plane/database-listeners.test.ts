import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { DatabaseListeners } from "../../../../rehearsal/cloud/data-plane/database/database-listeners";
import type { DatabaseEndpoint } from "../../../../rehearsal/cloud/kernel/ports";

const SERVICE = { vpcId: "vpc-1", securityGroupIds: ["sg-users"], service: "users" };

describe("DatabaseListeners", () => {
  const accepted: Socket[] = [];
  const main: DatabaseEndpoint = {
    ...{ name: "main", host: "main.rds.amazonaws.com", port: 5432, securityGroupIds: ["sg-main"] },
    accept: (socket) => {
      accepted.push(socket);
      socket.end("hello");
    },
  };
  let blockedBy: "sender" | "receiver" | undefined;
  const asked: unknown[] = [];
  const listeners = new DatabaseListeners({
    databases: { inVpc: (vpcId) => (vpcId === "vpc-1" ? [main] : []) },
    network: {
      blockedBy: (...question) => {
        asked.push(question);
        return blockedBy;
      },
      letsOut: () => false,
      reachesInternet: () => ({ ok: true }),
    },
    addresses: undefined,
  });
  after(() => listeners.close());

  /** Connects as a task, and returns what it was sent and what its log says. */
  async function tried(): Promise<{ said: string; log: string[] }> {
    const log: string[] = [];
    const { routes, close } = await listeners.openLocally({ ...SERVICE, log: (line) => void log.push(line) });
    expect(routes).to.have.length(1);
    expect(routes[0]).to.include({ host: "main.rds.amazonaws.com", port: 5432 });
    const socket = connect({ host: "127.0.0.1", port: routes[0]!.localPort });
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk;
    });
    await once(socket, "close");
    await close();
    return { said, log };
  }

  it("connects a client that security groups let in, by the groups of both sides and the port", async () => {
    blockedBy = undefined;
    expect(await tried()).to.deep.equal({ said: "hello", log: [] });
    expect(asked.at(-1)).to.deep.equal([["sg-users"], ["sg-main"], 5432]);
  });

  for (const [side, reason] of [
    ["receiver", "the database main refuses users: no security group lets it in"],
    ["sender", "users cannot connect to the database main: no security group of its own lets it out"],
  ] as const)
    it(`cuts off one that the ${side}'s do not let through, and says what to set`, async () => {
      blockedBy = side;
      const before = accepted.length;
      expect(await tried()).to.deep.equal({
        said: "",
        log: [`${reason} on port 5432; add "uses: [main]" to aoshingo:services.users`],
      });
      expect(accepted).to.have.length(before);
    });

  it("opens nothing in another VPC", async () => {
    const { routes } = await listeners.openLocally({ ...SERVICE, vpcId: "vpc-2", log: () => {} });
    expect(routes).to.deep.equal([]);
  });
});
