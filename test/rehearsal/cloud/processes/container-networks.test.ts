import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { isAlive } from "../../../../automation/core/process/process-table";
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

  describe("for containers of Docker", () => {
    const path = process.env.PATH;
    let tools: string;
    /** Runs a "container" that only keeps its namespaces, as Docker's `run --detach` does with `--network none`. */
    const DOCKER = [
      "#!/bin/sh",
      'here=$(dirname "$0")',
      'echo "$*" >>"$here/asked"',
      "case $1 in",
      "  run)",
      '    unshare --net --pid --fork --kill-child sleep 600 >/dev/null 2>&1 & echo $! >"$here/holder"; echo abc ;;',
      '  container) main=$(cat "$here/holder"); until read -r pid rest <"/proc/$main/task/$main/children"; [ -n "$pid" ]; do sleep 0.02; done; echo "$pid" ;;',
      "  ps) echo abc ;;",
      '  rm) kill -KILL "$(cat "$here/holder")" ;;',
      "esac",
    ];
    beforeEach(() => {
      tools = mkdtempSync(join(tmpdir(), "aoshingo-docker-"));
      writeFileSync(join(tools, "docker"), DOCKER.join("\n"), { mode: 0o755 });
      process.env.PATH = `${tools}:${path}`;
    });
    afterEach(() => {
      process.env.PATH = path;
      rmSync(tools, { recursive: true });
    });
    const asked = () => readFileSync(join(tools, "asked"), "utf8").trim().split("\n");

    it("are those of containers that do nothing else, which end with the cloud", async function () {
      if (!isAllowed) this.skip();
      await withNetworks(async (networks) => {
        const network = await networks.take(API, "");
        expect(network.dockerNetwork).to.equal("container:abc");
        expect(await connected(networks, network)).to.equal("connected");
        const plain = await networks.take(API);
        expect(plain.dockerNetwork).to.equal(undefined);
        network.release();
        plain.release();
        expect(await networks.take(API, "")).to.equal(network);
        expect(await networks.take(API)).to.equal(plain);
      });
      const holder = Number(readFileSync(join(tools, "holder"), "utf8"));
      for (let look = 0; look < 1_500 && isAlive(holder); look++) await setTimeout(20);
      expect(isAlive(holder)).to.equal(false);
      const [inspection, run] = asked();
      expect(inspection).to.equal("image inspect aoshingo-rehearsal/network");
      expect(run).to.match(
        /^run --detach --rm --network none --label aoshingo\.rehearsal=\S+ --read-only --volume .* sleep infinity$/,
      );
    });
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
