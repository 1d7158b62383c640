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

  it("has no number of an AWS account: a public repository shows it to everybody", async () => {
    const github = new FakeGitHub(true);
    const error =
      "User: arn:aws:sts::123456789012:assumed-role/ci is not authorized on arn:aws:ecr:eu-west-1:123456789012:repository/shop; " +
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop, https://sqs.eu-west-1.amazonaws.com/123456789012/mail, id '123456789012'";
    await writeComment(github, { ...options("prod", error), runUrl: "https://github.test/runs/123456789012" });
    expect(github.texts[0]!.body).to.equal(
      "<!-- aoshingo preview of prod -->\n" +
        "User: arn:aws:sts::ACCOUNT:assumed-role/ci is not authorized on arn:aws:ecr:eu-west-1:ACCOUNT:repository/shop; " +
        "ACCOUNT.dkr.ecr.eu-west-1.amazonaws.com/shop, https://sqs.eu-west-1.amazonaws.com/ACCOUNT/mail, id 'ACCOUNT'\n\n" +
        "[The job](https://github.test/runs/123456789012)",
    );
  });

  it("leaves digests and longer numbers as they are", async () => {
    const github = new FakeGitHub(true);
    const text = "sha256:123456789012abcdef 1234567890123 v12345678901 a123456789012";
    await writeComment(github, options("prod", text));
    expect(github.texts[0]!.body).to.contain(text);
  });

  it("is cut to GitHub's limit, and links to the rest", async () => {
    const github = new FakeGitHub(true);
    await writeComment(github, options("prod", "x".repeat(100_000)));
    const { body } = github.texts[0]!;
    expect(body.length).to.be.below(65_536);
    expect(body).to.match(/The rest is cut: see \[the job\]\(https:\/\/github\.test\/run\)\.$/);
  });
});
