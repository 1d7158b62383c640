import { expect } from "chai";
import { breakingChanges } from "../../../components/live/breaking-changes";
import type { Grants } from "../../../components/live/grants";
import type { LiveService } from "../../../components/live/live";
import type { ServiceOutputs } from "../../../components/live/outputs";
import { parseSettings } from "../../../components/settings/settings";
import { release } from "../../automation/deploy/worlds";

const users = { kind: "api", exposure: ["public", "internal"], internalPort: 4711 };
const mailer = { kind: "worker", queue: true };
const doodle = { kind: "api", calls: ["users"], sends: ["mailer"] };
const callsNobody = { kind: "api" };

const NOTHING: Grants = { calls: [], sends: [], egress: [], secretArns: [], iam: [] };
const USES: Grants = { ...NOTHING, calls: ["users"], sends: ["mailer"] };
const LAST = {
  services: {
    users: {
      kind: "api",
      exposures: { internal: { url: "https://users.internal.example.jp:4711", testUrl: "", zoneId: "" } },
      queue: null,
    },
    mailer: { kind: "worker", exposures: {}, queue: { url: "", deadLetterUrl: "" } },
    doodle: {
      kind: "api",
      exposures: { public: { url: "https://doodle.example.jp", testUrl: "", zoneId: "" } },
      queue: null,
    },
  } as unknown as Record<string, ServiceOutputs>,
  grants: { doodle: { blue: USES, green: NOTHING } },
};
const SPEAKS_GRPC = {
  ...LAST,
  services: { ...LAST.services, doodle: { ...LAST.services.doodle!, protocol: "grpc" as const } },
};
const live = (blue: number, green: number): LiveService => ({
  active: "blue",
  colours: { blue: { release: null, size: blue }, green: { release: null, size: green } },
});
/** A worker whose blue colour runs a release with this stop timeout, in seconds. */
const mailerLive = (size: number, stopTimeoutSeconds: number): LiveService => {
  const queue = { visibilityTimeoutSeconds: stopTimeoutSeconds };
  const runs = release("v1", "mailer", { kind: "worker", queue, stopTimeoutSeconds });
  const { active, colours } = live(size, 0);
  return { active, colours: { ...colours, blue: { ...colours.blue, release: runs } } };
};
const withQueueOf = (visibilityTimeoutSeconds: number) => ({
  ...LAST,
  services: {
    ...LAST.services,
    mailer: { ...LAST.services.mailer!, queue: { url: "", deadLetterUrl: "", visibilityTimeoutSeconds } },
  },
});
const problems = (
  services: Record<string, object>,
  { blue = 2, green = 1, mailer = 0, stop = 30, last = LAST as Partial<typeof LAST> } = {},
) =>
  breakingChanges(
    parseSettings({ domain: "example.jp", services }).services,
    { serial: 1, services: { doodle: live(blue, green), mailer: mailerLive(mailer, stop) } },
    last,
  );
const FIRST = {
  calls:
    'but what runs of doodle calls it: put it back, deploy a release without "calls: [users]" (or run `retire doodle`, if only a kept-warm colour does), then run `pulumi up` with this change.',
  sends:
    'but what runs of doodle sends it messages: put it back, deploy a release without "sends: [mailer]" (or run `retire doodle`, if only a kept-warm colour does), then run `pulumi up` with this change.',
};
const GIVEN_UP =
  "aoshingo:services.mailer.queue: removed, but a release of mailer runs, and takes its messages from there: put it back. Or add the worker under another name without it, and remove this one once its messages are handled.";

describe("breaking changes", () => {
  const table: [string, string[], string[]][] = [
    ["nothing changes", problems({ users, mailer, doodle }), []],
    [
      "a callee and a worker are removed",
      problems({ doodle: callsNobody }),
      [`aoshingo:services.users: removed, ${FIRST.calls}`, `aoshingo:services.mailer: removed, ${FIRST.sends}`],
    ],
    ["they are removed with their user", problems({ other: callsNobody }), []],
    ["they are removed when the user's release is at 0", problems({ doodle: callsNobody }, { blue: 0 }), []],
    [
      "a callee leaves the internal edge",
      problems({ users: callsNobody, mailer, doodle: callsNobody }),
      [`aoshingo:services.users.exposure: no longer internal, ${FIRST.calls}`],
    ],
    [
      "a callee's port changes",
      problems({ users: { ...users, internalPort: 4712 }, mailer, doodle }),
      [`aoshingo:services.users.internalPort: given 4712, but the stack has 4711, ${FIRST.calls}`],
    ],
    [
      "a callee's port changes while nobody runs who calls it",
      problems({ users: { ...users, internalPort: 4712 }, mailer, doodle }, { blue: 0 }),
      [],
    ],
    [
      "a service takes the port of a removed one",
      problems({ accounts: users }, { blue: 0, green: 0 }),
      [
        "aoshingo:services.accounts.internalPort: given 4711, which the stack has as that of users: there is one listener on a port, and a run deletes the former one last. First remove users or change its port, run `pulumi up`, then give it to accounts.",
      ],
    ],
    [
      "two services exchange their ports",
      problems(
        { users: { ...users, internalPort: 4712 }, accounts: users, mailer, doodle: callsNobody },
        { blue: 0, green: 0 },
      ).map((line) => line.slice(0, 46)),
      ["aoshingo:services.accounts.internalPort: given"],
    ],
    [
      "a worker gives up its queue",
      problems({ users, mailer: { kind: "worker" }, doodle: callsNobody }),
      [`aoshingo:services.mailer.queue: removed, ${FIRST.sends}`],
    ],
    [
      "a worker that runs gives up its queue, though no release here sends it messages",
      problems({ users, mailer: { kind: "worker" }, doodle: callsNobody }, { blue: 0, green: 0, mailer: 1 }),
      [GIVEN_UP],
    ],
    [
      "a worker that runs gives up its queue, and others send it messages",
      problems({ users, mailer: { kind: "worker" }, doodle: callsNobody }, { mailer: 1 }),
      [`aoshingo:services.mailer.queue: removed, ${FIRST.sends}`, GIVEN_UP],
    ],
    [
      "a worker that runs changes its queue",
      problems({ users, mailer: { kind: "worker", queue: { maxReceiveCount: 9 } }, doodle }, { mailer: 1 }),
      [],
    ],
    [
      "a queue gives messages out again sooner than a release that runs may take to stop",
      problems({ users, mailer, doodle }, { mailer: 2, stop: 900, last: withQueueOf(900) }),
      [
        "aoshingo:services.mailer.queue.visibilityTimeoutSeconds: given 60, but the stack has 900, and mailer v1, which runs, may take 900 s to stop: messages that it works on would be given out twice. Put it back, deploy a release with a stopTimeoutSeconds of at most 60, then shorten it.",
      ],
    ],
    [
      "it does so later than that release may take",
      problems({ users, mailer, doodle }, { mailer: 2, stop: 60, last: withQueueOf(900) }),
      [],
    ],
    [
      "that release does not run",
      problems({ users, mailer, doodle }, { mailer: 0, stop: 900, last: withQueueOf(900) }),
      [],
    ],
    [
      "the queue does so already: a rollback to that release goes on",
      problems({ users, mailer, doodle }, { mailer: 2, stop: 900, last: withQueueOf(60) }),
      [],
    ],
    [
      "an older program did not say how soon it does so",
      problems({ users, mailer, doodle }, { mailer: 2, stop: 900 }),
      [],
    ],
    [
      "another worker without a queue takes the place of one that runs",
      problems({ users, courier: { kind: "worker" }, doodle: callsNobody }, { blue: 0, green: 0, mailer: 1 }),
      [],
    ],
    [
      "a service changes its kind",
      problems({ users, mailer, doodle: { kind: "worker", calls: ["users"] } }),
      [
        "aoshingo:services.doodle.kind: given worker, but the stack has api: a service keeps its kind. Add it under another name, then remove this one.",
      ],
    ],
    [
      "what runs is taken from the public",
      problems({ users, mailer, doodle: { ...doodle, exposure: ["internal"] } }),
      [
        "aoshingo:services.doodle.exposure: no longer public, but a release of doodle runs, and its clients would find nobody: put it back. Or add the service under another name with the exposure, move its clients there, then remove this one.",
      ],
    ],
    [
      "what is public gets internal, too",
      problems({ users, mailer, doodle: { ...doodle, exposure: ["public", "internal"] } }),
      [],
    ],
    [
      "what does not run is taken from the public",
      problems({ users, mailer, doodle: { ...doodle, exposure: ["internal"] } }, { blue: 0, green: 0 }),
      [],
    ],
    [
      "what runs speaks another protocol",
      problems({ users, mailer, doodle: { ...doodle, protocol: "grpc" } }),
      [
        "aoshingo:services.doodle.protocol: given grpc, but the stack has http1: a change replaces the target groups of doodle, which fails its requests. Put it back; or add the service under another name with it, move its clients there, then remove this one.",
      ],
    ],
    [
      "what runs gives its protocol up",
      problems({ users, mailer, doodle }, { last: SPEAKS_GRPC }),
      [
        "aoshingo:services.doodle.protocol: given http1, but the stack has grpc: a change replaces the target groups of doodle, which fails its requests. Put it back; or add the service under another name with it, move its clients there, then remove this one.",
      ],
    ],
    [
      "what does not run speaks another protocol",
      problems({ users, mailer, doodle: { ...doodle, protocol: "grpc" } }, { blue: 0, green: 0 }),
      [],
    ],
    ["it is the stack's first run", problems({ users }, { last: {} }), []],
  ];
  for (const [what, given, wanted] of table) {
    it(`${wanted.length === 0 ? "are none" : "are reported"} when ${what}`, () => {
      expect(given).to.deep.equal(wanted);
    });
  }
});
