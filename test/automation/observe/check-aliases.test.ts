import { assert } from "chai";
import { checkAliases } from "../../../automation/observe/check-aliases";
import type { StackOutputs } from "../../../components/live/outputs";
import { live, outputsOf } from "../deploy/worlds";

const STATE = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });
const BOTH = { users: { kind: "api", exposure: ["public", "internal"], queue: null, migrate: undefined } } as const;

describe("checkAliases", () => {
  const problems = (
    records: Record<string, string | null>,
    shapes: Parameters<typeof outputsOf>[1] = BOTH,
    hostRecords: StackOutputs["hostRecords"] = [],
  ) => {
    const aliases = async (zone: string, names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, records[zone === "Z3" ? `Z3 ${name}` : name] ?? null]));
    return checkAliases({ aliases }, "green", "users", { ...outputsOf(STATE, shapes), hostRecords });
  };
  const good = {
    "users.example.jp": "green.elb.test",
    "users-test.example.jp": "blue.elb.test",
    "users.internal.example.jp": "green.internal.elb.test",
    "users-test.internal.example.jp": "blue.internal.elb.test",
  };

  it("finds no problem when each record points where live state says", async () => {
    assert.deepEqual(await problems(good), []);
  });

  it("names each record that points elsewhere or is missing", async () => {
    const swapped = { ...good, "users.example.jp": "blue.elb.test", "users-test.internal.example.jp": null };
    assert.deepEqual(await problems(swapped), [
      "the record users.example.jp leads to blue.elb.test, wanted the green load balancer (green.elb.test)",
      "the record users-test.internal.example.jp leads to nothing, wanted the blue load balancer (blue.internal.elb.test)",
    ]);
  });

  it("names the record of an own host that points elsewhere, in whichever zone; another service's is not checked", async () => {
    const hosts = [
      { host: "example.jp", zoneId: "Z1", service: "users" },
      { host: "www.example.com", zoneId: "Z3", service: "users" },
      { host: "example.com", zoneId: "Z3", service: "doodle" },
    ];
    const records = { ...good, "example.jp": "green.elb.test", "Z3 www.example.com": "blue.elb.test" };
    assert.deepEqual(await problems(records, BOTH, hosts), [
      "the record www.example.com leads to blue.elb.test, wanted the green load balancer (green.elb.test)",
    ]);
  });

  it("reads nothing for a worker", async () => {
    const worker = { users: { kind: "worker", exposure: [], queue: null, migrate: undefined } } as const;
    assert.deepEqual(await problems({}, worker), []);
  });
});
