import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readStackSettings } from "../../automation/core/project";
import type { LiveService } from "../../components/live/live";
import { costPage, costsOf } from "./cost-table";
import { declare, STATES, V1 } from "./world";

const PAGE = join(__dirname, "../../docs/cost.md");
const QUICK_START = join(__dirname, "../../docs/quick-start.md");

/** Green active with its minimum of instances, and blue retired. */
function running(size: number): LiveService {
  return { active: "green", colours: { blue: { release: V1, size: 0 }, green: { release: V1, size } } };
}

describe("docs/cost.md", () => {
  it("matches what the program declares, with the prices of prices.ts (UPDATE_DOCS=1 writes it)", async () => {
    const { services, network, databases } = readStackSettings("prod").settings;
    const users = { users: running(2) };
    const page = costPage({
      least: await declare({ services: users }),
      withDatabase: await declare({
        services: users,
        settings: { users: { kind: "api", uses: ["main"] } },
        config: { databases: { main: {} } },
      }),
      production: await declare({
        services: Object.fromEntries(Object.entries(services).map(([name, { size }]) => [name, running(size.min)])),
        settings: Object.fromEntries(
          Object.entries(services).map(([name, { kind, exposure, instanceType, calls, sends, queue, size, uses }]) => [
            name,
            {
              kind,
              instanceType,
              calls,
              sends,
              size,
              uses,
              ...(kind === "api" ? { exposure } : {}),
              ...(queue ? { queue } : {}),
            },
          ]),
        ),
        network,
        config: { databases },
      }),
    });
    if (process.env.UPDATE_DOCS) await writeFile(PAGE, page);
    expect(await readFile(PAGE, "utf8")).to.equal(page);
    const [, small] = /\| \*\*a month\*\* \| \*\*([\d.]+)\*\*/.exec(page)!;
    const quickStart = (await readFile(QUICK_START, "utf8")).replace(/\s+/g, " ");
    expect(quickStart).to.include(`One api costs about ${Math.round(Number(small))} USD a month`);
  });
});

describe("costsOf", () => {
  it("counts what runs, and nothing for a colour at size 0", async () => {
    const countsOf = async (service: LiveService) =>
      Object.fromEntries(
        costsOf(await declare({ services: { users: service } })).map(({ what, count }) => [what, count]),
      );
    const shared = { "hosted zones": 1, "load balancers": 2, "NAT gateways": 1, "public addresses": 5 };
    expect(await countsOf(STATES.start)).to.deep.equal(shared);
    const four = { "instances, t3.small": 4, "volumes, 30 GB gp3": 4 };
    expect(await countsOf(STATES.second)).to.deep.equal({ ...shared, ...four });
  });

  it("counts nothing of a job but its alarms: it has no instances", async () => {
    const empty = { release: null, size: 0 };
    const report: LiveService = { active: "blue", colours: { blue: { release: V1, size: 1 }, green: empty } };
    const settings = { report: { kind: "job", schedule: "rate(1 hour)" } };
    const costs = costsOf(await declare({ services: { report }, settings }));
    const nothing = costsOf(await declare({ services: {} }));
    const own = costs.filter(({ what }) => !nothing.some((other) => other.what === what));
    expect(own).to.deep.equal([{ what: "alarms on jobs", count: 2, each: 0.1 }]);
  });

  it("counts the two alarms of each policy by which a size follows the load", async () => {
    const policies = async (size: object) => {
      const settings = { users: { kind: "api", exposure: ["public", "internal"], size } };
      const costs = costsOf(await declare({ services: { users: STATES.flipped }, settings }));
      return costs.find(({ what }) => what === "alarms of scaling policies");
    };
    expect((await policies({ min: 2, max: 4 }))?.count).to.equal(2);
    expect((await policies({ min: 2, max: 4, targetRequestsPerMinute: 600 }))?.count).to.equal(6);
  });

  it("refuses a resource without a price", () => {
    const unpriced = { type: "aws:redshift/cluster:Cluster", name: "users-cluster", inputs: {} };
    expect(() => costsOf({ resources: [unpriced] })).to.throw(
      "aws:redshift/cluster:Cluster users-cluster: what does it cost?",
    );
  });
});
