import { expect } from "chai";
import { Releases } from "../../../rehearsal/environment/releases";

describe("rehearsal/environment/releases", () => {
  it("names a release by its image, and by its number of changes since", async () => {
    const done: string[] = [];
    const releases = new Releases(
      async ({ service, tag, variables }) => void done.push(`${service}:${tag} ${variables.join()}`),
      async (kind, services) => void done.push(`${kind} of ${services.join()}`),
    );
    const shown = async (...args: Parameters<Releases["next"]>) =>
      (await releases.next(...args)).map(({ name, colour, argument }) => `${argument}: ${name} on ${colour}`);
    expect(await shown(["users", "doodle"], "none")).to.deep.equal(["users=v1: v1 on blue", "doodle=v1: v1 on blue"]);
    expect(await shown(["users"], "none", "env")).to.deep.equal(["users: v1+1 on green"]);
    expect(await shown(["users"], "none", "secret")).to.deep.equal(["users: v1+2 on blue"]);
    expect(await shown(["users"], "unhealthy", "image")).to.deep.equal(["users=v2: v2 on green"]);
    expect(await shown(["users"], "missing", "image")).to.deep.equal(["users=v3: v3 on blue"]);
    expect(done).to.deep.equal([
      ...["users:v1 FAULT=none", "doodle:v1 FAULT=none", "env of users", "secret of users", "users:v2 FAULT=unhealthy"],
    ]);
  });
});
