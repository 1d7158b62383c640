import { expect } from "chai";
import { dataTotals } from "../../../rehearsal/report/data-totals";
import type { RequestSample, StoredTable, TrafficStream } from "../../../rehearsal/traffic/types";

const STREAMS: Pick<TrafficStream, "name" | "stores">[] = [
  {
    name: "honest",
    stores: [{ service: "users", table: "users", values: { id: "<id>", name: "Rehearsal <id>" } }],
  },
  {
    name: "internal",
    stores: [
      { service: "doodle", table: "polls", values: { id: "<id>", title: "Rehearsal <id>" } },
      { service: "users", table: "users", values: { id: "<id>", name: "owner of <id>" } },
    ],
  },
  { name: "upload" },
];

const post = (stream: RequestSample["stream"], postId: string, error = "") =>
  ({ stream, postId, error }) as RequestSample;
const users = (...rows: object[]): StoredTable => ({
  service: "users",
  table: "users",
  rows: rows as StoredTable["rows"],
});
const polls = (...rows: object[]): StoredTable => ({
  service: "doodle",
  table: "polls",
  rows: rows as StoredTable["rows"],
});
const user = (id: string, name = `Rehearsal ${id}`) => ({ id, name, number: "7" });

describe("dataTotals", () => {
  const cases: [what: string, tables: StoredTable[], requests: RequestSample[], totals: object][] = [
    ["nothing wrong", [users(user("a"))], [post("honest", "a"), post("honest", "")], {}],
    ["a row that is not there", [users(user("b"))], [post("honest", "a"), post("honest", "b")], { lost: 1 }],
    ["no row of a POST that failed", [users()], [post("honest", "a", "503")], {}],
    ["the row of a POST that failed", [users(user("a"))], [post("honest", "a", "timeout")], {}],
    ["two rows", [users(user("a"), user("a"))], [post("honest", "a")], { doubled: 1 }],
    ["other values", [users(user("a", "nobody"))], [post("honest", "a")], { changed: 1 }],
    ["other values of a POST that failed", [users(user("a", ""))], [post("honest", "a", "503")], { changed: 1 }],
    ["rows of deploy tests", [users(user("a"), user("deploy-test-1", "Aoi"))], [post("honest", "a")], {}],
    [
      "a poll without its owner",
      [users(), polls({ id: "p", title: "Rehearsal p" })],
      [post("internal", "p")],
      { lost: 1 },
    ],
    [
      "a poll and its owner",
      [users(user("p", "owner of p")), polls({ id: "p", title: "Rehearsal p" })],
      [post("internal", "p"), post("upload", "f")],
      {},
    ],
    ["a table of a service that has no database", [], [post("honest", "a")], {}],
  ];
  for (const [what, tables, requests, totals] of cases) {
    it(`counts ${what}`, () => {
      const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
      expect(dataTotals(tables, STREAMS, requests)).to.deep.equal({ rows, lost: 0, doubled: 0, changed: 0, ...totals });
    });
  }
});
