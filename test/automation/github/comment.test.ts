import { expect } from "chai";
import { writeComment } from "../../../automation/github/comment";
import { FakeGitHub } from "./fake-github";

const options = (stack: string, markdown: string) => ({
  repository: "example/shop",
  pullRequest: 12,
  stack,
  markdown,
  runUrl: "https://github.test/run",
});

describe("the comment on a pull request", () => {
  it("is created once for each stack, then edited in place", async () => {
    const github = new FakeGitHub(true);
    await writeComment(github, options("prod", "1 resource changes"));
    await writeComment(github, options("play", "nothing changes"));
    const url = await writeComment(github, options("prod", "2 resources change"));
    expect(url).to.equal("https://github.test/1");
    expect(github.texts.map(({ body }) => body)).to.deep.equal([
      "<!-- aoshingo preview of prod -->\n2 resources change\n\n[The job](https://github.test/run)",
      "<!-- aoshingo preview of play -->\nnothing changes\n\n[The job](https://github.test/run)",
    ]);
    expect(github.calls.filter((call) => !call.startsWith("GET"))).to.deep.equal([
      "POST repos/example/shop/issues/12/comments",
      "POST repos/example/shop/issues/12/comments",
      "PATCH repos/example/shop/issues/comments/1",
    ]);
  });

  it("never edits a comment that a person wrote, even if it quotes a marker", async () => {
    const github = new FakeGitHub(true);
    github.by("User", "<!-- aoshingo preview of prod -->\nlook at this");
    await writeComment(github, options("prod", "nothing changes"));
    expect(github.texts).to.have.length(2);
    expect(github.texts[0]!.body).to.contain("look at this");
  });

  it("is cut to GitHub's limit, and links to the rest", async () => {
    const github = new FakeGitHub(true);
    await writeComment(github, options("prod", "x".repeat(100_000)));
    const { body } = github.texts[0]!;
    expect(body.length).to.be.below(65_536);
    expect(body).to.match(/The rest is cut: see \[the job\]\(https:\/\/github\.test\/run\)\.$/);
  });
});
