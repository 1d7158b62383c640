import { expect } from "chai";
import { applyBatch, type Change } from "../../../../../../rehearsal/cloud/services/route53/model/change-batch";
import { keyOf, type RecordSet } from "../../../../../../rehearsal/cloud/services/route53/model/record-set";
import { refused } from "../../elb/model/scene";
import { ALB_ZONE, alias, BLUE, create, GREEN, remove, upsert, values } from "./scene";

const loadBalancers = {
  find: (name: string) => (name === BLUE ? { zoneId: ALB_ZONE, addresses: [] } : undefined),
};

function apply(existing: RecordSet[], ...batch: Change[]) {
  const records = new Map(existing.map((record) => [keyOf(record), record]));
  return [...applyBatch("example.jp", records, batch, loadBalancers).values()];
}

describe("rehearsal/cloud/services/route53/model/change-batch", () => {
  const users = values("users.example.jp", "A", "192.0.2.1");
  const moved = values("users.example.jp", "A", "192.0.2.2");
  const name = "[name='users.example.jp.', type='A']";

  it("creates, replaces and deletes record sets, even in one batch (R3, R4)", () => {
    expect(apply([], create(users))).to.deep.equal([users]);
    expect(apply([users], upsert(moved))).to.deep.equal([moved]);
    expect(apply([users], remove(users), create(alias("users.example.jp", BLUE)))).to.deep.equal([
      alias("users.example.jp", BLUE),
    ]);
    expect(apply([], create(alias("users.example.jp", `dualstack.${BLUE}`)))).to.have.length(1);
  });

  const unknown = `Tried to create an alias that targets ${GREEN}., type A in zone ${ALB_ZONE}, but that target was not found`;
  const cases: [string, RecordSet[], Change[], string][] = [
    [
      "to create an existing record set (R3)",
      [users],
      [create(moved)],
      `Tried to create resource record set ${name} but it already exists`,
    ],
    [
      "to delete a record set that does not exist (R3)",
      [],
      [remove(users)],
      `Tried to delete resource record set ${name} but it was not found`,
    ],
    [
      "to delete a record set with other values (R3)",
      [moved],
      [remove(users)],
      `Tried to delete resource record set ${name} but the values provided do not match the current values`,
    ],
    ["an alias to an unknown target (R1)", [], [create(alias("users.example.jp", GREEN))], unknown],
    [
      "an alias to a target in another zone (R1)",
      [],
      [create(alias("users.example.jp", BLUE, { zoneId: "Z35SXDOTRQ7X7K" }))],
      `Tried to create an alias that targets ${BLUE}., type A in zone Z35SXDOTRQ7X7K, but the alias target name does not lie within the target zone`,
    ],
    [
      "a CNAME record at the apex (R6)",
      [],
      [create(values("example.jp", "CNAME", "other.jp"))],
      "RRSet of type CNAME with DNS name example.jp. is not permitted at apex in zone example.jp.",
    ],
    [
      "a CNAME record beside another one (R6)",
      [users],
      [create(values("users.example.jp", "CNAME", "other.jp"))],
      "RRSet of type CNAME with DNS name users.example.jp. is not permitted as it conflicts with other records with the same DNS name in zone example.jp.",
    ],
    [
      "a record beside a CNAME record (R6)",
      [values("users.example.jp", "CNAME", "other.jp")],
      [create(users)],
      "RRSet of type A with DNS name users.example.jp. is not permitted as it conflicts with other records with the same DNS name in zone example.jp.",
    ],
    [
      "a name outside the zone",
      [],
      [create(values("users.other.jp", "A", "192.0.2.1"))],
      "RRSet with DNS name users.other.jp. is not permitted in zone example.jp.",
    ],
    [
      "a value that is not an IPv4 address",
      [],
      [create(values("users.example.jp", "A", "there"))],
      "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'there''",
    ],
    [
      "too many values (R7-R8)",
      [],
      [upsert(values("users.example.jp", "TXT", ...Array.from({ length: 501 }, (_, index) => `"${index}"`)))],
      "Number of records limit of 1000 exceeded.",
    ],
    [
      "too many characters (R7-R8)",
      [],
      [create(values("users.example.jp", "TXT", `"${"a".repeat(32_000)}"`))],
      "Number of characters limit of 32000 exceeded.",
    ],
  ];
  for (const [rule, existing, batch, message] of cases) {
    it(`refuses ${rule}`, () => refused(() => apply(existing, ...batch), "InvalidChangeBatch", `[${message}]`));
  }

  it("applies all changes or none, and names every problem (R2)", () =>
    refused(
      () => apply([users], create(values("new.example.jp", "A", "192.0.2.3")), create(moved), create(users)),
      "InvalidChangeBatch",
      `[Tried to create resource record set ${name} but it already exists, Tried to create resource record set ${name} but it already exists]`,
    ));

  it("leaves the zone as it was when it refuses a batch (R2)", async () => {
    const records = new Map([[keyOf(users), users]]);
    const batch = [create(values("new.example.jp", "A", "192.0.2.3")), create(moved)];
    await refused(
      () => applyBatch("example.jp", records, batch, loadBalancers),
      "InvalidChangeBatch",
      /already exists/,
    );
    expect([...records.values()]).to.deep.equal([users]);
  });
});
