import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { resourcePage } from "./resource-table";
import { declare, STATES, V1 } from "./world";

const PAGE = join(__dirname, "../../docs/resources.md");

describe("docs/resources.md", () => {
  it("matches what the program declares (UPDATE_DOCS=1 writes it)", async () => {
    const users = { ...STATES.flipped, colours: { ...STATES.flipped.colours, blue: { release: V1, size: 0 } } };
    const onBoth = { kind: "api", exposure: ["public", "internal"] };
    const rich = {
      kind: "api",
      secrets: { PASSWORD: "ssm:/users/password" },
      iam: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::users/*"] }],
      migrate: "npm run migrate",
      egress: [{ port: 5432, cidr: "10.20.0.0/24" }],
      size: { min: 2, max: 6 },
    };
    const doodle = { kind: "api", calls: ["users"] };
    const page = resourcePage({
      full: await declare({ services: { users } }),
      twoServices: await declare({ services: { users, doodle: users } }),
      start: await declare({ services: { users: STATES.start } }),
      dns: await declare({ services: { users }, cutover: "dns" }),
      internal: await declare({ services: { users }, settings: { users: onBoth } }),
      calling: await declare({ services: { users, doodle: users }, settings: { users: onBoth, doodle } }),
      silent: await declare({ services: { users, doodle: users }, settings: { users: onBoth } }),
      worker: await declare({ services: { mailer: users }, settings: { mailer: { kind: "worker", queue: true } } }),
      rich: await declare({ services: { users }, settings: { users: rich } }),
      guarded: await declare({
        services: { users },
        config: { ci: { repository: "example/shop" }, network: { flowLogs: "all" } },
      }),
    });
    if (process.env.UPDATE_DOCS) await writeFile(PAGE, page);
    expect(await readFile(PAGE, "utf8")).to.equal(page);
  });
});
