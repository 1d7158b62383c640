import { assert } from "chai";
import { UserError } from "../../../../components/core/user-error";
import { Addresses } from "../../../../rehearsal/cloud/kernel/addresses";

describe("Addresses", () => {
  it("gives each node an address of its own, apart from the name servers", () => {
    const addresses = new Addresses("127.20");
    const nodes = Array.from({ length: 600 }, () => addresses.allocateNode());
    assert.deepEqual(nodes.slice(0, 2), ["127.20.1.1", "127.20.1.2"]);
    assert.equal(new Set([...nodes, ...addresses.nameServers]).size, 604);
  });

  it("names the commands that macOS lacks, all at once, and asks nothing of Linux", () => {
    const addresses = new Addresses("127.20");
    const has = [
      "127.0.0.1",
      "127.20.0.2",
      "127.20.0.3",
      "127.20.0.4",
      "127.20.0.5",
      "127.20.0.10",
      ...[1, 2, 3, 4, 5, 6].map((n) => `127.20.1.${n}`),
    ];
    assert.throws(
      () => addresses.assertUsable("darwin", has),
      UserError,
      "this machine lacks 2 loopback addresses; add them, once after each start of it:\nsudo ifconfig lo0 alias 127.20.1.7 up\nsudo ifconfig lo0 alias 127.20.1.8 up",
    );
    addresses.assertUsable("darwin", [...has, "127.20.1.7", "127.20.1.8"]);
    addresses.assertUsable("linux", []);
  });
});
