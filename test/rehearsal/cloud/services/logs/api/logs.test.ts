import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { refusalOf, Scene } from "../../../api/scene";

const GROUP = "/shop/users";

describe("rehearsal/cloud/services/logs/api/logs", () => {
  let scene: Scene;
  let client: CloudWatchLogsClient;
  let startedAtMs: number;

  beforeEach(async () => {
    startedAtMs = Date.now();
    scene = new Scene();
    await scene.start();
    client = new CloudWatchLogsClient(scene.options());
    scene.logs.createGroup(GROUP, null);
    scene.logs.append(GROUP, "blue/users/1", '{"event":"userCreated","id":"a"}');
    scene.logs.append(GROUP, "green-migrate/users/2", "table users: 3 columns");
    scene.logs.append(GROUP, "blue/users/1", "listening on 3000");
  });
  afterEach(async () => {
    client.destroy();
    await scene.close();
  });

  const eventsOf = async (input: object): Promise<FilteredLogEvent[]> => {
    const found: FilteredLogEvent[] = [];
    const pages = paginateFilterLogEvents({ client }, { logGroupName: GROUP, ...input });
    for await (const { events = [] } of pages) found.push(...events);
    return found;
  };
  const filter = async (input: object): Promise<string[]> => (await eventsOf(input)).map(({ message }) => message!);

  it("begins with a page that has no events where there are some (W21)", async () => {
    const first = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
    expect(first.events).to.deep.equal([]);
    const none = { logGroupName: GROUP, filterPattern: "nobody" };
    expect(await client.send(new FilterLogEventsCommand(none))).not.to.have.property("nextToken");
  });

  it("finds the lines of all streams in their order, each with its time", async () => {
    const events = await eventsOf({});
    expect(events.map(({ logStreamName }) => logStreamName)).to.deep.equal([
      "blue/users/1",
      "green-migrate/users/2",
      "blue/users/1",
    ]);
    for (const { timestamp } of events) expect(timestamp).to.be.within(startedAtMs, Date.now());
    expect(new Set(events.map(({ eventId }) => eventId)).size).to.equal(3);
  });

  const MINUTE_MS = 60_000;
  /** A function computes the input when the test runs, because the cases are created when the file is loaded. */
  const cases: [string, object | (() => object), number][] = [
    ["a prefix of streams", { logStreamNamePrefix: "green-migrate/" }, 1],
    ["a stream", { logStreamNames: ["blue/users/1"] }, 2],
    ["a word", { filterPattern: "users" }, 1],
    ["several words", { filterPattern: "users columns" }, 1],
    ["words that are not all in one line", { filterPattern: "users listening" }, 0],
    ["another case", { filterPattern: "Users" }, 0],
    ["any of several words", { filterPattern: '?columns ?"listening"' }, 2],
    ["quoted text", { filterPattern: '"users: 3"' }, 1],
    ["quoted quotes", { filterPattern: '"\\"event\\":\\"userCreated\\""' }, 1],
    ["the future", () => ({ startTime: Date.now() + MINUTE_MS }), 0],
    ["the past", () => ({ startTime: Date.now() - MINUTE_MS }), 3],
    ["before the past", () => ({ endTime: Date.now() - MINUTE_MS }), 0],
  ];
  for (const [title, input, count] of cases) {
    it(`filters by ${title}`, async () => {
      expect(await filter(typeof input === "function" ? input() : input)).to.have.lengthOf(count);
    });
  }

  it("filters page by page", async () => {
    expect(await filter({ limit: 2 })).to.deep.equal(await filter({}));
  });

  it("reads a stream from either end and continues at a token", async () => {
    for (let line = 1; line <= 5; line++) scene.logs.append(GROUP, "s", String(line));
    const get = async (input: object) => {
      const answer = await client.send(new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: "s", ...input }));
      return { ...answer, lines: answer.events!.map(({ message }) => message).join("") };
    };
    const tail = await get({ limit: 2 });
    expect(tail.lines).to.equal("45");
    expect((await get({ limit: 2, nextToken: tail.nextBackwardToken })).lines).to.equal("23");
    const end = await get({ nextToken: tail.nextForwardToken });
    expect([end.lines, end.nextForwardToken]).to.deep.equal(["", tail.nextForwardToken]);
    scene.logs.append(GROUP, "s", "6");
    expect((await get({ nextToken: end.nextForwardToken })).lines).to.equal("6");
    expect((await get({ startFromHead: true, limit: 3 })).lines).to.equal("123");
  });

  it("keeps at least the last 10000 lines of a stream", async () => {
    for (let line = 1; line <= 25_000; line++) scene.logs.append(GROUP, "long", String(line));
    const events = scene.logs.events(GROUP).stream("long")!;
    expect(events.length).to.be.within(10_000, 20_000);
    expect(events.at(-1)!.message).to.equal("25000");
    expect(events[0]!.message).to.equal(String(25_001 - events.length));
  });

  it("refuses requests with the errors of CloudWatch Logs", async () => {
    const filtered = (input: object) => client.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));
    const unknown = client.send(new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: "typo" }));
    const cases: [Promise<unknown>, string, RegExp][] = [
      [filtered({ logGroupName: "typo" }), "ResourceNotFoundException", /^The specified log group does not exist\.$/],
      [unknown, "ResourceNotFoundException", /^The specified log stream does not exist\.$/],
      [filtered({ filterPattern: "a:b" }), "InvalidParameterException", /^Invalid character\(s\) in term 'a:b'/],
      [filtered({ filterPattern: "?a b" }), "InvalidParameterException", /^Invalid character\(s\) in term 'b'/],
      [filtered({ filterPattern: "a ?b" }), "InvalidParameterException", /^Invalid character\(s\) in term '\?b'/],
      [filtered({ filterPattern: "{ $.event = x }" }), "InvalidParameterException", /^Invalid character\(s\) in term/],
      [filtered({ logStreamNames: ["a"], logStreamNamePrefix: "a" }), "InvalidParameterException", /together$/],
      [filtered({ nextToken: "typo" }), "InvalidParameterException", /nextToken/],
    ];
    const refusals = await Promise.all(cases.map(([operation]) => refusalOf(operation)));
    expect(refusals.map(([code]) => code)).to.deep.equal(cases.map(([, code]) => code));
    for (const [index, [, message]] of refusals.entries()) expect(message).to.match(cases[index]![2]);
  });
});
