import { expect } from "chai";
import { changeOf } from "../../../rehearsal/report/change";
import type { RequestSample } from "../../../rehearsal/traffic/types";

const answer = (atMs: number, release: string, latencyMs = 0): RequestSample => ({
  kind: "request",
  atMs,
  clientClass: "sticky",
  method: "GET",
  status: 200,
  release,
  latencyMs,
  error: "",
  postId: "",
});

const deployAt = (atMs: number) => [{ type: "deployStarted" as const, atMs, deploy: "d", stack: "s", releases: {} }];
const blue = { release: "v1", colour: "blue" as const, deploy: 0 };
const green = { release: "v2", colour: "green" as const, deploy: 1 };
const once = { releases: [blue, green], deploys: [deployAt(1_000)] };

describe("changeOf", () => {
  const none = { firstNewAtMs: null, lastOldAtMs: null, mixedMs: null };
  const cases: [string, RequestSample[], Parameters<typeof changeOf>[1], object][] = [
    ["no new answer", [answer(1_500, "v1")], once, none],
    ["no release known", [answer(1_500, "v1")], { releases: [], deploys: [] }, none],
    ["no answer at all", [], once, none],
    [
      "a clean cut",
      [answer(1_500, "v1"), answer(1_600, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: 500, mixedMs: 0 },
    ],
    [
      "side by side",
      [answer(1_600, "v2"), answer(1_500, "v1"), answer(1_750, "v1"), answer(1_900, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: 750, mixedMs: 150 },
    ],
    [
      "judged by when the answer was complete",
      [answer(1_500, "v1", 400), answer(1_600, "v2", 100)],
      once,
      { firstNewAtMs: 700, lastOldAtMs: 900, mixedMs: 200 },
    ],
    ["only new ones", [answer(1_500, "v2")], once, { firstNewAtMs: 500, lastOldAtMs: null, mixedMs: 0 }],
    [
      "answers without a release",
      [answer(1_500, ""), answer(1_600, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: null, mixedMs: 0 },
    ],
    [
      "a release that comes back in a later deploy",
      [answer(1_500, "v1"), answer(2_000, "v2"), answer(5_500, "v2"), answer(5_600, "v1"), answer(5_650, "v2")],
      { releases: [blue, green, { ...blue, deploy: 2 }], deploys: [deployAt(1_000), deployAt(5_000)] },
      { firstNewAtMs: 4_600, lastOldAtMs: 4_650, mixedMs: 50 },
    ],
  ];
  for (const [name, requests, record, expected] of cases) {
    it(name, () => expect(changeOf(requests, record, 1_000)).to.deep.equal(expected));
  }
});
