import { hostname, userInfo } from "node:os";
import { assert } from "chai";
import { whoAmI } from "../../../../automation/core/process/who-am-i";

const NAMES = ["GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR"] as const;

describe("whoAmI", () => {
  const before = NAMES.map((name) => [name, process.env[name]] as const);

  const set = (values: Partial<Record<(typeof NAMES)[number], string>>) => {
    for (const name of NAMES) {
      if (values[name] === undefined) delete process.env[name];
      else process.env[name] = values[name];
    }
  };
  afterEach(() => set(Object.fromEntries(before)));

  it("names the user and the machine outside CI", () => {
    set({});
    assert.equal(whoAmI(), `${userInfo().username}@${hostname()}`);
  });

  it("names who started the job, which is somebody else when it is run again", () => {
    set({ GITHUB_ACTOR: "alice", GITHUB_TRIGGERING_ACTOR: "bob" });
    assert.equal(whoAmI(), "bob");
  });

  it("names the actor where GitHub says no more, as older servers do", () => {
    set({ GITHUB_ACTOR: "alice" });
    assert.equal(whoAmI(), "alice");
  });
});
