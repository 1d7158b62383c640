import { assert } from "chai";
import type { Notification } from "../../../automation/notify/notification";
import { githubStatus, slackBody, snsMessage, textOf, webhookBody } from "../../../automation/notify/texts";
import { notification } from "./samples";

const RUN = "prod: deploy users=v2 doodle=v7";
const LINK = "https://github.com/example/shop/actions/runs/1";

describe("the texts of a notification", () => {
  const table: { what: Partial<Notification>; text: string; github: string }[] = [
    { what: {}, text: `${RUN} by me@here begins`, github: "in_progress" },
    { what: { command: "resume", releases: {} }, text: "prod: resume by me@here begins", github: "in_progress" },
    {
      what: { kind: "waiting", seconds: 200 },
      text: `${RUN} waits for approval: npx aoshingo approve --stack prod 20261125T093000Z-7`,
      github: "pending",
    },
    {
      what: { kind: "cutOver", seconds: 200, detail: "users blue -> green" },
      text: `${RUN} is cut over after 3 min 20 s: users blue -> green`,
      github: "in_progress",
    },
    {
      what: { kind: "goingBack", seconds: 45, detail: "the alarm checkout fires" },
      text: `${RUN} goes back after 45 s: the alarm checkout fires`,
      github: "failure",
    },
    {
      what: { kind: "done", seconds: 370, outcome: "done" },
      text: `${RUN} is done after 6 min 10 s`,
      github: "success",
    },
    {
      what: {
        kind: "done",
        command: "abort",
        seconds: 60,
        outcome: "takenBack",
        production: "users v1 (blue), doodle v7 (green)",
      },
      text: "prod: abort users=v2 doodle=v7 is done after 1 min, the run was taken back, in production: users v1 (blue), doodle v7 (green)",
      github: "failure",
    },
    {
      what: { kind: "done", command: "rollback", releases: { users: "v1" }, seconds: 40, outcome: "done" },
      text: "prod: rollback users=v1 is done after 40 s",
      github: "success",
    },
    {
      what: {
        kind: "failed",
        seconds: 90,
        outcome: "takenBack",
        detail: "test failed: exit 1; production is untouched",
      },
      text: `${RUN} failed after 1 min 30 s: test failed: exit 1; production is untouched`,
      github: "failure",
    },
    {
      what: { kind: "failed", seconds: 90, outcome: "left", detail: "cutover failed" },
      text: `${RUN} failed after 1 min 30 s and left something to do: cutover failed`,
      github: "failure",
    },
  ];
  for (const { what, text, github } of table) {
    it(text, () => {
      const one = notification(what);
      assert.equal(textOf(one), text);
      assert.equal(githubStatus(one).state, github);
    });
  }

  it("are cut to the limit of each destination", () => {
    const long = notification({ kind: "failed", outcome: "left", detail: "no capacity; ".repeat(99) });
    assert.isAtMost(githubStatus(long).description.length, 140);
    assert.match(githubStatus(long).description, /…$/);
    const refused = { ...long, detail: "arn:aws:iam::123456789012:role/ci" };
    assert.match(githubStatus(refused).description, /arn:aws:iam::ACCOUNT:role\/ci$/);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`service-${index}`, "v1"]));
    const { Subject } = snsMessage(notification({ releases: many }));
    assert.isAtMost(Subject.length, 100);
    assert.match(Subject, /^[ -~]+\.\.\.$/);
    assert.isBelow(textOf(long).length, 700);
  });

  it("say where production is before anything is cut", () => {
    const reason = `${"no capacity; ".repeat(50)}; production is back on users v1`;
    const failed = notification({
      kind: "failed",
      releases: { users: "v2" },
      seconds: 360,
      outcome: "takenBack",
      production: "users v1 (blue)",
      detail: reason,
    });
    const start = /^prod: deploy users=v2 failed after 6 min, in production: users v1 \(blue\): no capacity/;
    assert.match(textOf(failed), start);
    assert.match(githubStatus(failed).description, start);
    assert.match(
      snsMessage(failed).Subject,
      /^prod: deploy users=v2 failed after 6 min, in production: users v1 \(blue\)$/,
    );
    assert.match(
      textOf({ ...failed, outcome: "left" }),
      /^prod: deploy users=v2 failed after 6 min and left something to do, in production: users v1 \(blue\): no/,
    );
  });

  it("escape Slack's markup", () => {
    const { text } = slackBody(notification({ kind: "goingBack", detail: "<!channel> a & b" }));
    assert.include(text, "&lt;!channel&gt; a &amp; b");
  });

  it("link to the run", () => {
    const linked = notification({ link: LINK });
    assert.match(slackBody(linked).text, new RegExp(`<${LINK}\\|The run>$`));
    assert.equal(snsMessage(linked).Message, `${RUN} by me@here begins\n${LINK}`);
    assert.deepInclude(webhookBody(linked), {
      version: 1,
      link: LINK,
      text: `${RUN} by me@here begins`,
      kind: "started",
    });
    assert.notInclude(slackBody(notification()).text, "The run");
  });
});
