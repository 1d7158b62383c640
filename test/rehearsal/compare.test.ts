import { expect } from "chai";
import { type Comparison, claimOf, unseenParts } from "../../rehearsal/report/claim";
import { summarise } from "../../rehearsal/report/summarise";
import type { ClassTotals, RehearsalReport } from "../../rehearsal/report/types";
import type { ClientClass, HostsStream } from "../../rehearsal/traffic/types";
import { sampleRecord } from "./report/sample-record";

const NOTHING = {
  ...{ sent: 0, ok: 0, failed: 0, lost: 0, doubled: 0, errors: {} },
  latencyMs: { p50: 0, p99: 0, max: 0 },
};

/** A report in which nothing failed, with these counts instead. */
function report(
  changes: Partial<Record<ClientClass | HostsStream, Partial<ClassTotals>>> = {},
  rest: Partial<RehearsalReport> = {},
): RehearsalReport {
  const { record, samples } = sampleRecord({});
  const base = summarise(record, samples);
  const traffic = { ...base.traffic };
  for (const [name, totals] of Object.entries(changes) as [ClientClass, Partial<ClassTotals>][])
    traffic[name] = { ...NOTHING, ...traffic[name], ...totals };
  return { ...base, ...rest, traffic };
}

const SEEN: Comparison = {
  pairs: [{ spreadSeconds: 2, routed: report(), noDrain: report() }],
  dns: report({ sticky: { failed: 40, lost: 20 }, keepAlive: { failed: 2 } }),
  dnsNoDrain: report({ honest: { failed: 7, lost: 1 }, sticky: { failed: 60 }, keepAlive: { failed: 3 } }),
};

const BROKEN_OFF = report(
  {},
  {
    ...{ ok: false, failedStep: null, reason: "the deploy broke off" },
    deploys: report().deploys.map((deploy) => ({ ...deploy, ok: false })),
  },
);
const ended = ({ ok, failedStep, reason, deploys }: RehearsalReport) => ({ ok, failedStep, reason, deploys });

describe("the claim of a comparison", () => {
  const table: { title: string; changes: Partial<Comparison>; unseen: string[] }[] = [
    { title: "is seen", changes: {}, unseen: [] },
    { title: "sticky alone is enough", changes: { dns: report({ sticky: { failed: 1 } }) }, unseen: [] },
    { title: "keepAlive alone is enough", changes: { dns: report({ keepAlive: { failed: 1 } }) }, unseen: [] },
    {
      title: "honest clients fail despite the drain",
      changes: { dns: report({ honest: { failed: 3 }, sticky: { failed: 1 } }) },
      unseen: ["dns: of the honest clients' requests 3 failed, 0 were lost, 0 were doubled; expected none"],
    },
    {
      title: "nobody fails by dns with the drain",
      changes: { dns: report() },
      unseen: ["dns: no request of a sticky or keepAlive client failed, some were expected to"],
    },
    {
      title: "honest clients survive without the drain",
      changes: { dnsNoDrain: report({ sticky: { failed: 9 } }) },
      unseen: ["dns, no drain: no request of an honest client failed, some were expected to"],
    },
    {
      title: "routed fails one",
      changes: { pairs: [{ spreadSeconds: 2, routed: report({ keepAlive: { failed: 1 } }), noDrain: report() }] },
      unseen: ["routed: of all requests 1 failed, 0 were lost, 0 were doubled; expected none"],
    },
    {
      title: "routed loses one and doubles one, and all were answered",
      changes: {
        pairs: [
          { spreadSeconds: 2, routed: report({ honest: { lost: 1 }, sticky: { doubled: 1 } }), noDrain: report() },
        ],
      },
      unseen: ["routed: of all requests 0 failed, 1 were lost, 1 were doubled; expected none"],
    },
    {
      title: "routed fails a request to a service's own host",
      changes: {
        pairs: [{ spreadSeconds: 2, routed: report({ "users hosts": { sent: 9, failed: 2 } }), noDrain: report() }],
      },
      unseen: ["routed: of all requests 2 failed, 0 were lost, 0 were doubled; expected none"],
    },
    {
      title: "routed loses a row, a job and a call, and all requests were answered",
      changes: {
        pairs: [
          {
            spreadSeconds: 2,
            routed: report(
              {},
              {
                calls: { made: 90, reached: 90, failed: 1, errors: { ECONNRESET: 1 } },
                jobs: { sent: 9, done: 8, lost: 1, repeated: 0, failed: 0, errors: {} },
                data: { rows: 50, lost: 1, doubled: 0, changed: 0 },
              },
            ),
            noDrain: report(),
          },
        ],
      },
      unseen: [
        "routed: calls: 1 of 90 failed (ECONNRESET)",
        "routed: jobs: 1 of 9 lost",
        "routed: rows in databases: 1 lost",
      ],
    },
    {
      title: "a deploy that stopped shows nothing",
      changes: { pairs: [{ spreadSeconds: 2, routed: report({}, { failedStep: "test" }), noDrain: report() }] },
      unseen: ["routed: the deploy stopped at test"],
    },
    {
      title: "a deploy that broke off shows nothing, whichever rehearsal it was of",
      changes: {
        pairs: [{ spreadSeconds: 2, routed: BROKEN_OFF, noDrain: BROKEN_OFF }],
        dns: { ...SEEN.dns, ...ended(BROKEN_OFF) },
        dnsNoDrain: { ...SEEN.dnsNoDrain, ...ended(BROKEN_OFF) },
      },
      unseen: [
        "dns, no drain: the deploy broke off",
        "dns: the deploy broke off",
        "routed: the deploy broke off",
        "routed, no drain: the deploy broke off",
      ],
    },
    {
      title: "routed found something beside its traffic",
      changes: {
        pairs: [
          {
            spreadSeconds: 2,
            routed: report({}, { ok: false, reason: "users v2: 1 task ended by itself" }),
            noDrain: report({}, { ok: false, reason: "users v1 answered 3 requests after production was confirmed" }),
          },
        ],
      },
      unseen: ["routed: users v2: 1 task ended by itself"],
    },
    {
      title: "without a drain a short spread shows nothing, and a long one fails some",
      changes: {
        pairs: [
          { spreadSeconds: 2, routed: report(), noDrain: report({ honest: { failed: 1 } }) },
          { spreadSeconds: 120, routed: report({ sticky: { failed: 2 } }), noDrain: report() },
        ],
      },
      unseen: [
        "routed, spread 120: of all requests 2 failed, 0 were lost, 0 were doubled; expected none",
        "routed, spread 120, no drain: no request failed, some were expected to",
      ],
    },
    {
      title: "every part that is missing is told",
      changes: {
        pairs: [{ spreadSeconds: 2, routed: report({ honest: { failed: 1 } }), noDrain: report() }],
        dns: report(),
        dnsNoDrain: report(),
      },
      unseen: [
        "dns, no drain: no request of an honest client failed, some were expected to",
        "dns: no request of a sticky or keepAlive client failed, some were expected to",
        "routed: of all requests 1 failed, 0 were lost, 0 were doubled; expected none",
      ],
    },
  ];
  for (const { title, changes, unseen } of table) {
    it(title, () => expect(unseenParts({ ...SEEN, ...changes })).to.deep.equal(unseen));
  }

  it("is told with its numbers", () => {
    expect(claimOf(SEEN)).to.match(/failed 7 requests of clients that follow DNS/);
    expect(claimOf(SEEN)).to.match(/the drain of 80 s .* but not 42 of clients/);
    expect(claimOf(SEEN)).to.match(/fail nobody: 0 of 5,751\.$/);
    const pairs = [...SEEN.pairs, { spreadSeconds: 120, routed: report(), noDrain: report({ honest: { failed: 9 } }) }];
    expect(claimOf({ ...SEEN, pairs })).to.match(
      /fail nobody: 0 of 11,502\.\nWhere they take 120 s to reach every node of the load balancers that a deploy cannot ask, stopping the old colour without a drain fails 9\.$/,
    );
  });
});
