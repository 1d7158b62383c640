import { assert } from "chai";
import type { Change } from "../../../automation/preview/change";
import { asIfStopped, changesOfNextRelease, wordsOfNextRelease } from "../../../automation/preview/next-release";
import { configurationOfRelease } from "../../../components/live/release";
import { parseSettings } from "../../../components/settings/settings";
import { live, release } from "../deploy/worlds";
import { TYPES } from "./steps";

const running = live({ active: "blue", blue: ["v1", 2], green: ["v0", 0] });

function change(
  name: string,
  type: string,
  paths: Record<string, [unknown, unknown]> = {},
  rest: Partial<Change> = {},
): Change {
  const properties = Object.entries(paths).map(([path, [from, to]]) => ({ path, from, to, replaces: false }));
  return { operation: "replace", urn: name, type, name, service: "users", properties, ...rest };
}

describe("the changes of the next release", () => {
  it("are previewed from a state in which no colour has instances", () => {
    const settings = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } } });
    const { before, after } = asIfStopped(
      { ...running, services: { users: { ...running.services.users!, idleShare: 10 } } },
      settings,
    );
    assert.deepEqual(after, { ...running, serial: 6 });
    assert.deepEqual(before, live({ active: "blue", blue: ["v1", 0], green: ["v0", 0] }));
  });

  it("are those of the settings of now, where secrets that stay keep their versions", () => {
    const secrets = { OLD: "ssm:/old" };
    const was = { ...running, services: { users: { ...running.services.users!, active: "blue" as const } } };
    was.services.users.colours.blue.release = release("v1", "users", { secrets });
    const users = { kind: "api", env: { LOG: "debug" }, secrets: { ...secrets, NEW: "ssm:/new" } };
    const { after } = asIfStopped(was, parseSettings({ domain: "example.jp", services: { users } }));
    const { env, secrets: versions } = configurationOfRelease(after.services.users!.colours.blue.release!)!;
    assert.deepEqual(env, { LOG: "debug" });
    assert.deepEqual(versions, { OLD: { from: "ssm:/old", version: "1" }, NEW: { from: "ssm:/new", version: "" } });
    assert.deepEqual(after.services.users!.colours.green, was.services.users.colours.green);
  });

  it("belong to the active colour and do not include what changes at once", () => {
    const now = [change("users-green-task", TYPES.task)];
    const ifStopped = [
      ...now,
      change("users-blue-task", TYPES.task),
      change("users-blue-instance", TYPES.template, {}, { operation: "update" }),
      change("users-blue-service", TYPES.ecsService),
      change("users-blue-instances", TYPES.group),
      change("users-green-instance", TYPES.template),
    ];
    const later = changesOfNextRelease(now, ifStopped, running).map(({ name }) => name);
    assert.deepEqual(later, ["users-blue-task", "users-blue-instance"]);
  });

  it("have the health path, also where other parts of the health check change at once", () => {
    const group = (name: string, paths: Record<string, [unknown, unknown]>) =>
      change(name, TYPES.targetGroup, paths, { operation: "update" });
    const path = { "healthCheck.path": ["/healthz", "/up"] } satisfies Record<string, [unknown, unknown]>;
    const interval = { "healthCheck.interval": [10, 20] } satisfies Record<string, [unknown, unknown]>;
    const words = (now: Change[], ifStopped: Change[]) =>
      wordsOfNextRelease(changesOfNextRelease(now, ifStopped, running));
    const names = ["users-blue-at-blue", "users.internal-blue-at-green"];
    const later = names.map((name) => group(name, { ...path, ...interval }));
    const atOnce = names.map((name) => group(name, interval));
    assert.deepEqual(words(atOnce, later), ["healthCheck.path /healthz -> /up"]);
    // A colour without a release is asked at once.
    assert.deepEqual(words(later, later), []);
    assert.deepEqual(words([], [group("users-green-at-blue", path), group("users-blue-at-blue", interval)]), []);
  });

  const cases: { title: string; type: string; paths: Record<string, [unknown, unknown]>; words: string[] }[] = [
    {
      title: "a port, once",
      type: TYPES.task,
      paths: {
        "containerDefinitions[users].portMappings[0].containerPort": [8080, 9090],
        "containerDefinitions[users].environment[PORT].value": ["8080", "9090"],
      },
      words: ["port 8080 -> 9090"],
    },
    {
      title: "sidecars that are added, changed and removed",
      type: TYPES.task,
      paths: {
        "containerDefinitions[users].cpu": [undefined, 1408],
        "containerDefinitions[users].links[0]": [undefined, "agent"],
        "containerDefinitions[users].dependsOn[0].containerName": ["proxy", "agent"],
        "containerDefinitions[agent]": [undefined, { name: "agent" }],
        "containerDefinitions[proxy]": [{ name: "proxy" }, undefined],
        "containerDefinitions[xray].image": ["xray@sha256:a", "xray@sha256:b"],
        "containerDefinitions[xray].environment[LOG].value": ["info", "debug"],
      },
      words: [
        "sidecar agent added",
        "sidecar proxy removed",
        "sidecar xray: image xray@sha256:a -> xray@sha256:b",
        "sidecar xray: env LOG info -> debug",
      ],
    },
    {
      title: "variables that are changed, added and removed",
      type: TYPES.task,
      paths: {
        "containerDefinitions[users].environment[LOG].value": ["info", "debug"],
        "containerDefinitions[users].environment[NEW]": [undefined, { name: "NEW", value: "1" }],
        "containerDefinitions[users].secrets[KEY]": [
          { name: "KEY", valueFrom: "arn:aws:ssm:r:1:parameter/key" },
          undefined,
        ],
      },
      words: ["env LOG info -> debug", "env NEW none -> 1", "secret KEY parameter/key -> none"],
    },
    {
      title: "sizes of the task",
      type: TYPES.task,
      paths: { cpu: ["768", "1536"], "containerDefinitions[users].stopTimeout": [30, 60] },
      words: ["cpu 768 -> 1536", "stopTimeoutSeconds 30 -> 60"],
    },
    {
      title: "ECS Exec, once for all containers",
      type: TYPES.task,
      paths: {
        "containerDefinitions[users].readonlyRootFilesystem": [true, false],
        "containerDefinitions[agent].readonlyRootFilesystem": [true, false],
      },
      words: ["exec off -> on"],
    },
    {
      title: "the instance type, without the image that goes with it",
      type: TYPES.template,
      paths: { instanceType: ["t3.small", "t4g.small"], imageId: ["resolve:a", "resolve:b"] },
      words: ["instanceType t3.small -> t4g.small"],
    },
  ];
  for (const { title, type, paths, words } of cases)
    it(`describe ${title}`, () => assert.deepEqual(wordsOfNextRelease([change("users-blue-x", type, paths)]), words));

  it("describe a new resource", () => {
    const made = change("users-blue-migrate-task", TYPES.task, {}, { operation: "create" });
    assert.deepEqual(wordsOfNextRelease([made]), ["new users-blue-migrate-task"]);
  });
});
