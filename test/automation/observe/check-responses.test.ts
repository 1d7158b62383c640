import { assert } from "chai";
import { checkResponses } from "../../../automation/observe/check-responses";
import type { HttpResponse } from "../../../automation/ports/http-client";

const question = { url: "https://users.example.jp/healthz", via: null, label: "users.example.jp" };

/** Returns the problems of a service that gives these responses in turn. */
async function problemsOf(answers: (HttpResponse | Error)[], releases = ["v2"]): Promise<string[]> {
  let asked = 0;
  const ask = async () => {
    const answer = answers[asked++ % answers.length]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return checkResponses({ get: ask }, [{ ...question, releases }]);
}

describe("checkResponses", () => {
  const good = { status: 200, release: "v2" };
  const table: { title: string; answers: (HttpResponse | Error)[]; releases?: string[]; problems: string[] }[] = [
    { title: "the release that is wanted", answers: [good], problems: [] },
    {
      title: "one target of several still has the old one",
      answers: [good, good, { status: 200, release: "v1" }],
      problems: ["users.example.jp answers from release v1, wanted v2"],
    },
    {
      title: "both releases during a ramp",
      answers: [good, { status: 200, release: "v1" }],
      releases: ["v1", "v2"],
      problems: [],
    },
    {
      title: "a third release during a ramp",
      answers: [good, { status: 200, release: "v0" }],
      releases: ["v1", "v2"],
      problems: ["users.example.jp answers from release v0, wanted v1 or v2"],
    },
    {
      title: "no release header",
      answers: [{ status: 200, release: "" }],
      problems: ["users.example.jp answers from release (no x-release header), wanted v2"],
    },
    { title: "a 503", answers: [{ status: 503, release: "" }], problems: ["users.example.jp answers 503, wanted 2xx"] },
    {
      title: "a redirect",
      answers: [{ status: 301, release: "v2" }],
      problems: ["users.example.jp answers 301, wanted 2xx"],
    },
    {
      title: "no answer",
      answers: [new Error("connect ECONNREFUSED")],
      problems: ["users.example.jp does not answer: connect ECONNREFUSED"],
    },
  ];
  for (const { title, answers, releases, problems } of table) {
    it(title, async () => assert.deepEqual(await problemsOf(answers, releases), problems));
  }
});
