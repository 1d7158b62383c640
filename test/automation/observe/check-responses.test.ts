import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { checkResponses, type Responses } from "../../../automation/observe/check-responses";
import type { HttpClient, HttpResponse } from "../../../automation/ports/http-client";

/** The service's releases are those of both colours, and an older one that the table has. */
const KNOWN = ["v0", "v1", "v2"];
const question = { url: "https://users.example.jp/healthz", via: null, label: "users.example.jp" };

/** Returns the problems of a service that gives these responses in turn. */
async function heardOf(answers: (HttpResponse | Error)[], releases = ["v2"]): Promise<Responses> {
  let asked = 0;
  const ask = async () => {
    const answer = answers[asked++ % answers.length]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return checkResponses({ get: ask, addresses: async () => [] }, [{ ...question, releases, known: KNOWN }]);
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
    { title: "a 503", answers: [{ status: 503, release: "" }], problems: ["users.example.jp answers 503, wanted 2xx"] },
    {
      title: "a redirect",
      answers: [{ status: 301, release: "v2" }],
      problems: ["users.example.jp answers 301, wanted 2xx"],
    },
    {
      title: "an error of gRPC, whose HTTP status is 200",
      answers: [good, { ...good, grpcError: "12 UNIMPLEMENTED: no such method" }],
      problems: ["users.example.jp answers 12 UNIMPLEMENTED: no such method, wanted 0 OK"],
    },
    {
      title: "no answer",
      answers: [new Error("connect ECONNREFUSED")],
      problems: ["users.example.jp does not answer: connect ECONNREFUSED"],
    },
  ];
  for (const { title, answers, releases, problems } of table) {
    it(title, async () => assert.deepEqual((await heardOf(answers, releases)).problems, problems));
  }

  it("counts an answer without a header, and says that there was one", async () => {
    assert.deepEqual(await heardOf([{ status: 200, release: "" }]), { problems: [], isUnnamed: true });
    assert.deepEqual(await heardOf([good]), { problems: [], isUnnamed: false });
    const { problems } = await heardOf([
      { status: 200, release: "" },
      { status: 503, release: "" },
    ]);
    assert.deepEqual(problems, ["users.example.jp answers 503, wanted 2xx"]);
  });

  it("throws for a release that the service cannot have, with what to do", async () => {
    const error = await heardOf([good, { status: 200, release: "1.0.0" }]).catch((failure: unknown) => failure);
    assert.instanceOf(error, StepFailed);
    assert.equal(
      (error as Error).message,
      "users.example.jp answers with the header x-release: 1.0.0, wanted v2: send the value of the variable RELEASE in it, or leave the header out",
    );
  });

  describe("through a load balancer", () => {
    const through = {
      ...question,
      via: "public-blue-1.elb.amazonaws.com",
      label: "users through blue",
      releases: ["v2"],
      known: KNOWN,
    };

    /** A load balancer whose nodes answer from these releases, by address. */
    function nodes(releases: Record<string, string>) {
      const asked: string[] = [];
      const client: HttpClient = {
        addresses: async () => Object.keys(releases),
        get: async ({ address = "by name" }) => {
          asked.push(address);
          return { status: 200, release: releases[address] ?? "v2" };
        },
      };
      return { asked, client };
    }

    it("asks every address, and each one several times (E24)", async () => {
      const { asked, client } = nodes({ "192.0.2.1": "v2", "192.0.2.2": "v2" });
      assert.deepEqual((await checkResponses(client, [through])).problems, []);
      assert.deepEqual(asked.sort(), [...Array(4).fill("192.0.2.1"), ...Array(4).fill("192.0.2.2")]);
    });

    it("names the node that still follows the old rule", async () => {
      const { client } = nodes({ "192.0.2.1": "v2", "192.0.2.2": "v1", "192.0.2.3": "v2" });
      assert.deepEqual((await checkResponses(client, [through])).problems, [
        "users through blue at 192.0.2.2 answers from release v1, wanted v2",
      ]);
    });

    it("asks by name where only a proxy resolves names, and for a request through DNS", async () => {
      const { asked, client } = nodes({});
      assert.deepEqual((await checkResponses(client, [through])).problems, []);
      const { asked: askedByDns, client: both } = nodes({ "192.0.2.1": "v1" });
      assert.deepEqual((await checkResponses(both, [{ ...through, via: null }])).problems, []);
      assert.deepEqual([asked, askedByDns], [Array(8).fill("by name"), Array(8).fill("by name")]);
    });

    it("says that a load balancer's name cannot be resolved", async () => {
      const { client } = nodes({});
      const addresses = async () => Promise.reject(new Error("queryA ENOTFOUND public-blue-1"));
      assert.deepEqual((await checkResponses({ ...client, addresses }, [through])).problems, [
        "users through blue cannot be resolved: queryA ENOTFOUND public-blue-1",
      ]);
    });
  });
});
