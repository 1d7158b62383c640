import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { execa } from "execa";
import { type ContainerNetwork, ContainerNetworks } from "../../../../rehearsal/cloud/processes/container-networks";

const NUMBER = 239;
const API = { port: 4_566, accept: () => {} };

/** Connects to an address and prints "connected"; ends after 3 s without an answer. */
const CONNECT = `
  const socket = require("node:net").connect({ host: process.argv[1], port: Number(process.argv[2]), timeout: 3000 });
  const end = (said) => { console.log(said); process.exit(); };
  socket.on("connect", () => end("connected")).on("timeout", () => end("no answer")).on("error", ({ code }) => end(code));
`;

describe("the networks of containers", () => {
  let isAllowed = false;
  before(async () => {
    isAllowed = await ContainerNetworks.isAllowed();
  });

  /** Runs what uses networks of this number, and closes them. */
  async function withNetworks(use: (networks: ContainerNetworks) => Promise<void>): Promise<void> {
    const networks = new ContainerNetworks({ number: NUMBER });
    try {
      await use(networks);
    } finally {
      networks.close();
    }
  }

  /** Says what a container gets that connects to a server of this machine. */
  async function connected(networks: ContainerNetworks, { enter }: ContainerNetwork): Promise<string> {
    const host = await networks.addServerAddress();
    const server = createServer().listen(0, host);
    await once(server, "listening");
    try {
      const { port } = server.address() as { port: number };
      const [program = "", ...parameters] = [...enter, process.execPath, "-e", CONNECT, host, String(port)];
      return (await execa(program, parameters)).stdout;
    } finally {
      server.close();
    }
  }

  /** Keeps the namespace of a network, as a connection does that was not closed in order. */
  function keeps({ enter }: ContainerNetwork) {
    const [program = "", ...parameters] = [...enter, "sh", "-c", "echo inside; exec sleep 600"];
    const keeper = execa(program, parameters, { reject: false });
    return { inside: once(keeper.stdout, "data"), end: () => keeper.kill("SIGKILL") && keeper };
  }

  for (const [what, isKilled] of [
    ["a cloud that ended", false],
    ["a cloud that was killed", true],
  ] as const)
    it(`reach this machine while the kernel still has those of ${what}`, async function () {
      if (!isAllowed) this.skip();
      const former = new ContainerNetworks({ number: NUMBER });
      const network = await former.take(API);
      const keeper = keeps(network);
      try {
        await keeper.inside;
        if (!isKilled) former.close();
        await withNetworks(async (networks) => {
          expect(await connected(networks, await networks.take(API))).to.equal("connected");
        });
      } finally {
        await keeper.end();
        former.close();
      }
    });

  it("leave no interface of this machine", async function () {
    if (!isAllowed) this.skip();
    let keeper: ReturnType<typeof keeps> | undefined;
    try {
      await withNetworks(async (networks) => {
        keeper = keeps((await Promise.all([networks.take(API), networks.take(API)]))[0]!);
        await keeper.inside;
        expect((await interfaces()).length).to.equal(2);
      });
      expect(await interfaces()).to.deep.equal([]);
    } finally {
      await keeper?.end();
    }
  });
});

/** Names of the interfaces that lead to containers of this number. */
async function interfaces(): Promise<string[]> {
  const { stdout } = await execa("ip", ["-oneline", "link"]);
  return stdout.split("\n").filter((line) => line.includes(`: ao${NUMBER}-`));
}
