import { assert } from "chai";
import { type HistoryRecord, history } from "../../../automation/store/history";
import { configurationText } from "../../../components/live/configuration";
import { configurationOfRelease, type Release, releaseDifferences } from "../../../components/live/release";
import { parseSettings } from "../../../components/settings/settings";
import { digestOf, Scene } from "./scene";
import { live, REGISTRY } from "./worlds";

const KEY = "ssm:/prod/key";
const SECRET = "secretsmanager:prod/db";

describe("a release's configuration", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  /** Gives the one service other settings, as an edit of the stack's settings file does. */
  function set(service: object): void {
    const { services: _, ...stack } = scene.settings;
    scene.settings = parseSettings({ ...stack, services: { users: { kind: "api", ...service } } });
  }
  const active = (): Release => {
    const { active: colour, colours } = scene.stack.current!.live.services.users!;
    return colours[colour].release!;
  };
  const newest = async (): Promise<HistoryRecord> => (await history(scene.store, 1)).runs[0]!;

  it("is deployed without naming an image, and history says what differs", async () => {
    set({ env: { LOG_LEVEL: "debug" } });
    assert.isNull(await scene.deploy(""));
    assert.deepEqual([active().name, active().image], ["v1+1", live1().image]);
    const { releases, changes, steps } = await newest();
    assert.deepEqual(changes, { users: ["LOG_LEVEL added"] });
    assert.equal(releases.users!.name, "v1+1");
    assert.match(steps[0]!.detail, /users v1\+1 is sha256:7631\S+ \(LOG_LEVEL added\)/);
    assert.notInclude(JSON.stringify(await newest()), "debug");
  });

  it("is not deployed without its image, which a lifecycle rule of the registry has deleted since", async () => {
    scene.images.delete("v1");
    set({ memory: 700 });
    for (const again of [() => scene.restart(), () => scene.deploy("")]) {
      const error = await again();
      assert.match(
        error!.message,
        /^preflight failed: the image of users v1, which production runs, is not in \S+\/users any more: push it again, or deploy another one$/,
      );
    }
    assert.deepEqual(scene.stack.asked, []);
  });

  it("is deployed with the image that runs, named again", async () => {
    set({ memory: 700 });
    assert.isNull(await scene.deploy("v1"));
    assert.deepEqual((await newest()).changes, { users: ["memory 1536 -> 700"] });
  });

  it("has the versions of its secrets: a new version is something to deploy", async () => {
    set({ secrets: { KEY, SECRET } });
    assert.isNull(await scene.deploy(""));
    assert.isNull(await scene.deploy(""));
    assert.deepEqual(scene.steps().slice(-1), ["preflight"], "nothing has changed since");
    scene.secrets.set(KEY, { version: "2" }).set(SECRET, { version: "b", arn: "arn:db" });
    assert.isNull(await scene.deploy(""));
    assert.deepEqual((await newest()).changes, { users: ["KEY version 1 -> 2", "SECRET version 1 -> b"] });
  });

  it("comes back with a rollback, also by name after further releases", async () => {
    const first = active();
    set({ env: { LOG_LEVEL: "debug" } });
    await scene.deploy("");
    set({ env: { LOG_LEVEL: "trace" } });
    assert.isNull(await scene.rollback());
    assert.deepEqual(active(), first);
    assert.isNull(await scene.deploy("v2"));
    assert.deepEqual(releaseDifferences(first, active()), ["LOG_LEVEL added"]);
    assert.isNull(await scene.rollback(["users"], "v1+1"));
    assert.include(active().configuration, '"LOG_LEVEL":"debug"');
  });

  it("comes back with the newest value of a parameter, which ECS reads whatever a release says", async () => {
    set({ secrets: { KEY, SECRET } });
    scene.secrets.set(SECRET, { version: "a", arn: "arn:db" });
    await scene.deploy("");
    await scene.deploy("v2");
    scene.secrets.set(KEY, { version: "2" }).set(SECRET, { version: "b", arn: "arn:db" });
    assert.isNull(await scene.rollback());
    const { steps } = await newest();
    assert.equal(steps[0]!.detail, "users v1+1 can be active again, with the values of now: users KEY version 1 -> 2");
  });

  it("does not come back where a secret of it was deleted since: no task of it could start", async () => {
    set({ secrets: { KEY, SECRET } });
    scene.secrets.set(SECRET, { version: "a", arn: "arn:db" });
    await scene.deploy("");
    set({});
    await scene.deploy("v2");
    scene.secrets.set(SECRET, { missing: "the secret prod/db is scheduled for deletion" });
    scene.secrets.set(KEY, { missing: "there is no SSM parameter /prod/key" });
    const asked = scene.stack.asked.length;
    const error = await scene.rollback();
    assert.equal(
      error!.message,
      "preflight failed: a task of users v1+1 could not start: KEY: there is no SSM parameter /prod/key; SECRET: the secret prod/db is scheduled for deletion; restore what is missing, or roll back to another release",
    );
    assert.lengthOf(scene.stack.asked, asked);
  });

  it("comes back although a secret of it was deleted since, while it is still warm", async () => {
    set({ secrets: { SECRET } });
    scene.secrets.set(SECRET, { version: "a", arn: "arn:db" });
    await scene.deploy("");
    set({});
    scene.keepWarm = "30m";
    await scene.deploy("v2");
    scene.secrets.set(SECRET, { missing: "there is no secret prod/db" });
    assert.isNull(await scene.rollback());
    assert.equal(active().name, "v1+1");
  });

  it("comes back with the newest password in its database, which is the only one that the server takes", async () => {
    const { services: _, ...stack } = scene.settings;
    const settings = { ...stack, databases: { main: {} }, services: { users: { kind: "api", uses: ["main"] } } };
    scene.settings = parseSettings(settings, { project: "shop", stack: "test" });
    const { PGPASSWORD } = scene.settings.services.users!.secrets;
    scene.secrets.set(PGPASSWORD!, { version: "a", arn: "arn:old" });
    await scene.deploy("");
    scene.secrets.set(PGPASSWORD!, { version: "b", arn: "arn:new" });
    assert.isNull(await scene.restart());
    assert.deepEqual((await newest()).changes, { users: ["PGPASSWORD version a -> b"] });
    assert.isNull(await scene.rollback());
    const { steps } = await newest();
    assert.match(steps[0]!.detail, /can be active again, with the values of now: users PGPASSWORD version a -> b$/);
  });

  it("needs rights that the stack has: each service that lacks some has its line", async () => {
    const grants = { calls: [], sends: [], egress: [], secretArns: ["arn:aws:ssm:r:1:parameter/prod/key"], iam: [] };
    Object.assign(scene.stack.current!, { grants: { users: { blue: grants, green: grants } } });
    set({ secrets: { KEY } });
    assert.isNull(await scene.deploy(""));
    set({ secrets: { KEY, SECRET }, iam: [{ actions: ["s3:GetObject"], resources: ["*"] }] });
    Object.assign(scene.stack.current!, { grants: { users: { blue: grants, green: grants } } });
    const error = await scene.deploy("");
    assert.equal(
      error!.message,
      "users v1+2 needs rights that the stack does not have yet: secrets, iam: run `pulumi up --stack test` first, because a deploy gives no rights",
    );
  });

  describe("has a health path", () => {
    /** Releases answer at the paths that they have here, and nowhere else. */
    const answersAt = (paths: Record<string, string>) => {
      scene.hear = ({ url }, answer) =>
        new URL(url).pathname === paths[answer.release] ? answer : { ...answer, status: 404 };
    };
    const askedOf = (host: string) => [
      ...new Set(scene.heard.flatMap(({ url }) => (url.includes(`//${host}.`) ? [new URL(url).pathname] : []))),
    ];

    it("which comes with the code that answers there, and goes back with it", async () => {
      answersAt({ v1: "/healthz", v2: "/up" });
      set({ healthCheck: { path: "/up" } });
      assert.isNull(await scene.deploy("v2"));
      assert.deepEqual((await newest()).changes, { users: ["healthCheck.path /healthz -> /up"] });
      // Production is asked before the cutover and after it, the test name only before.
      assert.deepEqual([askedOf("users"), askedOf("users-test")], [["/healthz", "/up"], ["/up"]]);
      scene.heard.length = 0;
      assert.isNull(await scene.rollback());
      assert.deepEqual([askedOf("users"), askedOf("users-test")], [["/healthz"], ["/healthz"]]);
      assert.isNull(await scene.deploy("v2"));
      assert.equal(active().name, "v2");
    });

    it("that was wrong from the start, when nothing is healthy: a deploy with the option brings the right one", async () => {
      answersAt({ "v1+1": "/up" });
      const isIll = (cluster: string) => cluster === "users-blue";
      scene.look = (cluster, seen) =>
        isIll(cluster) ? { ...seen, targets: seen.targets.map((one) => ({ ...one, state: "unhealthy" })) } : seen;
      set({ healthCheck: { path: "/up" } });
      assert.match((await scene.deploy(""))!.message, /--despite-unhealthy "REASON"$/);
      scene.despiteUnhealthy = true;
      assert.isNull(await scene.deploy(""));
      assert.deepEqual((await newest()).changes, { users: ["healthCheck.path /healthz -> /up"] });
      assert.equal(active().name, "v1+1");
    });

    it("even if an older program did not record it: another one is something to deploy, and the upgrade is not", async () => {
      const { services } = scene.stack.current!.live;
      const { release: running } = services.users!.colours.blue;
      const { healthCheck: _, ...recorded } = configurationOfRelease(running!)!;
      const older = { ...running!, configuration: configurationText(recorded) };
      services.users!.colours.blue.release = older;
      delete scene.stack.current!.services.users!.colours.blue.healthCheckPath;
      assert.isNull(await scene.deploy("v1"));
      assert.deepEqual(scene.steps(), ["preflight"]);
      assert.deepEqual(active(), older);
      set({ healthCheck: { path: "/up" } });
      assert.isNull(await scene.deploy("v1"));
      assert.equal(active().name, "v1+1");
      assert.match((await newest()).steps[0]!.detail, /\(healthCheck\.path \/healthz -> \/up\)/);
    });
  });

  it("has its sidecars' images by digest: another tag, and a tag that moved, are something to deploy", async () => {
    set({ sidecars: { agent: { image: "users:v1" } } });
    assert.isNull(await scene.deploy(""));
    assert.deepEqual((await newest()).changes, { users: ["sidecar agent added"] });
    assert.include(active().configuration, `"from":"users:v1","image":"${REGISTRY}/users@${digestOf("v1")}"`);
    assert.isNull(await scene.deploy(""));
    assert.deepEqual(scene.steps().slice(-1), ["preflight"], "nothing has changed since");
    const before = active();
    set({ sidecars: { agent: { image: "users:v2" } } });
    assert.isNull(await scene.deploy(""));
    assert.deepEqual((await newest()).changes, { users: ["sidecar agent: image users:v1 -> users:v2"] });
    assert.isNull(await scene.rollback());
    assert.deepEqual(active(), before);
  });

  it("is verified with its sidecars' digests", async () => {
    set({ sidecars: { agent: { image: "users:v1" } } });
    scene.look = (_, seen) => ({
      ...seen,
      tasks: seen.tasks.map((task) => ({ ...task, digests: { ...task.digests, agent: "sha256:other" } })),
    });
    const error = await scene.deploy("v2");
    assert.include(error!.message, `runs sha256:other as sidecar agent, wanted ${digestOf("v1")}`);
  });

  it("names each sidecar's image that is not there", async () => {
    const other = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proxy:v9";
    set({ sidecars: { agent: { image: "users:agent-9" }, proxy: { image: other } } });
    const error = await scene.deploy("v2");
    assert.equal(
      error!.message,
      [
        'aoshingo:services.users.sidecars.agent.image: given "users:agent-9", wanted an image that is in its repository: push it first, or check the tag',
        `aoshingo:services.users.sidecars.proxy.image: given "${other}", wanted an image that is in its repository: push it first, or check the tag`,
      ].join("\n"),
    );
    assert.deepEqual(scene.stack.asked, []);
  });

  it("asks for `pulumi up` where CI's role may not look into the repository of a new sidecar", async () => {
    const other = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/agent:v3";
    set({ sidecars: { agent: { image: other } } });
    scene.deniedRepositories.add("tools/agent");
    const error = await scene.deploy("v2");
    assert.equal(
      error!.message,
      `aoshingo:services.users.sidecars.agent.image: given "${other}", wanted an image in a repository that this run may look into: run \`pulumi up\` first, because a deploy gives no rights; one of another account has to allow ecr:DescribeImages, or name the image by its digest (AWS: not authorized to perform: ecr:DescribeImages)`,
    );
    assert.deepEqual(scene.stack.asked, []);
  });

  it("takes a sidecar's digest as it is where nobody may look into its repository, and comes back to it", async () => {
    const digest = digestOf("v9");
    set({ sidecars: { agent: { image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/agent@${digest}` } } });
    scene.deniedRepositories.add("tools/agent");
    assert.isNull(await scene.deploy("v2"));
    set({});
    assert.isNull(await scene.deploy(""));
    assert.isNull(await scene.rollback());
    assert.equal(active().name, "v2");
  });

  it("does not come back when a sidecar's image is gone", async () => {
    set({ sidecars: { agent: { image: "users:v2" } } });
    assert.isNull(await scene.deploy(""));
    set({});
    assert.isNull(await scene.deploy(""));
    scene.images.delete("v2");
    const error = await scene.rollback();
    assert.match(
      error!.message,
      /^preflight failed: the image of sidecar agent of users v1\+1 is not in \S+\/users any more/,
    );
  });

  it("needs the right to pull its sidecars' images, and to read their secrets", async () => {
    const grants = { calls: [], sends: [], egress: [], secretArns: [], iam: [] };
    Object.assign(scene.stack.current!, { grants: { users: { blue: grants, green: grants } } });
    const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/proxy:v1";
    set({ sidecars: { proxy: { image, secrets: { KEY } } } });
    const error = await scene.deploy("");
    assert.include(error!.message, "needs rights that the stack does not have yet: secrets, sidecars: run `pulumi up");
  });

  it("is not deployed again while nothing differs, unless it is restarted", async () => {
    assert.isNull(await scene.deploy("v1"));
    assert.isNull(await scene.deploy(""));
    assert.deepEqual(scene.stack.asked, []);
    assert.isNull(await scene.restart());
    assert.equal(active().name, "v1+1");
    assert.deepInclude(await newest(), { command: "restart", outcome: "done", changes: { users: [] } });
    assert.isNull(await scene.restart());
    assert.equal(active().name, "v1+2");
  });

  it("is deployed again where its migration is to be done again", async () => {
    scene = new Scene(undefined, { migrate: "npm run migrate" });
    assert.isNull(await scene.deploy("v2"));
    assert.isNull(await scene.deploy("v2"));
    assert.lengthOf(scene.taskRunner.started, 1);
    assert.isNull(await scene.deploy("v2", undefined, { migrateAgain: true }));
    assert.lengthOf(scene.taskRunner.started, 2);
    assert.equal(active().name, "v2+1");
  });

  it("of an older program is not known: the same image is deployed once more", async () => {
    const { configuration: _, ...old } = active();
    scene.stack.current!.live.services.users!.colours.blue.release = old;
    assert.isNull(await scene.deploy("v1"));
    assert.equal(active().name, "v1+1");
    assert.isNull(await scene.rollback());
    assert.deepEqual(active(), old);
  });

  it("does not come back to what production never ran", async () => {
    scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }), { test: "false" });
    assert.instanceOf(await scene.deploy("v1"), Error);
    assert.equal((await scene.rollback(["users"]))!.message, "production never ran users: deploy it anew");
  });

  it("needs an image for a first release", async () => {
    scene = new Scene(live({ active: "green", blue: null, green: null }, { serial: 0 }));
    const error = await scene.deploy("");
    assert.equal(error!.message, "users has no release yet: wanted users=IMAGE, such as users=v1");
    assert.deepEqual(scene.stack.asked, []);
  });

  for (const { what, use, billing, words } of [
    { what: "callee", use: "calls", billing: { kind: "api", exposure: ["internal"] }, words: "calls billing" },
    { what: "queue", use: "sends", billing: { kind: "worker", queue: true }, words: "sends messages to billing" },
  ])
    it(`whose ${what} is gone does not come back`, async () => {
      scene = new Scene(undefined, { services: { users: {} } });
      const { services: _, ...stack } = scene.settings;
      const both = parseSettings({ ...stack, services: { users: { kind: "api", [use]: ["billing"] }, billing } });
      scene.settings = { ...both, services: { users: both.services.users! } };
      await scene.deploy("v2");
      set({});
      await scene.deploy("v1");
      await scene.deploy("v1");
      const error = await scene.rollback(["users"], "v2");
      assert.include(error!.message, `users v2 ${words}, which the settings do not have any more`);
    });

  it("that works longer on a message than the queue waits by now comes back, and the run says what that means", async () => {
    const mailer = (seconds: number) => ({
      kind: "worker",
      queue: { visibilityTimeoutSeconds: seconds },
      stopTimeoutSeconds: seconds,
    });
    scene = new Scene(undefined, { services: { users: mailer(900) } });
    assert.isNull(await scene.deploy("v2"));
    const { services: _, ...stack } = scene.settings;
    scene.settings = parseSettings({ ...stack, services: { users: mailer(60) } });
    assert.isNull(await scene.deploy("v1"));
    scene.events.length = 0;
    assert.isNull(await scene.rollback());
    assert.include(
      scene.event("notice").message,
      "users v2 may take 900 s to stop, but its queue gives a message out again after 60 s",
    );
  });
});

function live1(): Release {
  return live({ active: "blue", blue: ["v1", 2], green: null }).services.users!.colours.blue.release!;
}
