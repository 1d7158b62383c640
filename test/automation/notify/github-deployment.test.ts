import { assert } from "chai";
import { GithubDeployment } from "../../../automation/notify/github-deployment";
import { failureOf } from "../../failure-of";
import { HttpServer } from "./http-server";
import { notification } from "./samples";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const never = new AbortController().signal;

/** The part of GitHub's API that is used: docs.github.com, REST API, deployments and deployment statuses. */
class Github {
  readonly deployments: { id: number; payload: unknown; environment: string }[] = [];

  constructor(readonly server: HttpServer) {
    server.answer = ({ method, path, body }, response) => {
      const answer = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value));
      const { pathname, searchParams } = new URL(path, "http://github");
      const asked = `${method} ${pathname.replace("/repos/example/shop", "")}`;
      if (asked === "GET /deployments") {
        const environment = searchParams.get("environment");
        return answer(200, this.deployments.filter((one) => one.environment === environment).reverse());
      }
      if (asked === "POST /deployments") {
        const { environment, payload } = body as { environment: string; payload: unknown };
        const created = { id: this.deployments.length + 1, environment, payload };
        this.deployments.push(created);
        return answer(201, created);
      }
      if (/^POST \/deployments\/\d+\/statuses$/.test(asked)) return answer(201, { id: 1 });
      return answer(404, { message: "Not Found" });
    };
  }

  statuses(): [path: string, state: unknown][] {
    return this.server.received
      .filter(({ path }) => path.endsWith("/statuses"))
      .map(({ path, body }) => [path, (body as { state: unknown }).state]);
  }
}

describe("a deployment on GitHub", () => {
  let server: HttpServer;
  let github: Github;
  beforeEach(async () => {
    server = await HttpServer.open();
    github = new Github(server);
  });
  afterEach(() => server.close());

  const open = (changes: Partial<ConstructorParameters<typeof GithubDeployment>[0]> = {}) =>
    new GithubDeployment({
      repository: "example/shop",
      token: "ghs_very-secret",
      commit: async () => COMMIT,
      apiUrl: server.url,
      ...changes,
    });
  const failure = async (one: GithubDeployment) => (await failureOf(one.notify(notification(), never))).message;

  it("is created once for a run, and has a status for each notification", async () => {
    const deployment = open();
    await deployment.notify(notification({ link: "https://ci.example/1" }), never);
    await deployment.notify(notification({ kind: "done", outcome: "done", seconds: 60 }), never);
    assert.lengthOf(github.deployments, 1);
    const created = server.received.find(({ method, path }) => method === "POST" && path.endsWith("/deployments"))!;
    assert.deepEqual(created.body, {
      ref: COMMIT,
      environment: "prod",
      description: "deploy by me@here",
      payload: { run: "20261125T093000Z-7", releases: { users: "v2", doodle: "v7" } },
      auto_merge: false,
      required_contexts: [],
    });
    assert.equal(created.headers.authorization, "Bearer ghs_very-secret");
    assert.deepEqual(github.statuses(), [
      ["/repos/example/shop/deployments/1/statuses", "in_progress"],
      ["/repos/example/shop/deployments/1/statuses", "success"],
    ]);
    const [first] = server.received.filter(({ path }) => path.endsWith("/statuses"));
    assert.deepInclude(first!.body, { environment: "prod", log_url: "https://ci.example/1" });
  });

  it("tells nobody the number of the account", async () => {
    const image = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop/prod/users:v2";
    const who = "arn:aws:sts::123456789012:assumed-role/deploys/me";
    const detail = "no basic auth for 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
    const told = { releases: { users: image }, who, detail };
    const deployment = open();
    await deployment.notify(notification(told), never);
    await deployment.notify(notification({ ...told, kind: "failed", outcome: "takenBack" }), never);
    const bodies = server.received.flatMap(({ body }) => (body ? [body] : []));
    assert.lengthOf(bodies, 3);
    assert.notInclude(JSON.stringify(bodies), "123456789012");
    assert.deepInclude(bodies[0], {
      description: "deploy by arn:aws:sts::ACCOUNT:assumed-role/deploys/me",
      payload: {
        run: "20261125T093000Z-7",
        releases: { users: "ACCOUNT.dkr.ecr.ap-northeast-1.amazonaws.com/shop/prod/users:v2" },
      },
    });
  });

  it("is found again by a process that resumes the run; another run has another deployment", async () => {
    await open().notify(notification(), never);
    await open().notify(notification({ command: "resume", kind: "done", outcome: "done" }), never);
    assert.lengthOf(github.deployments, 1);
    github.deployments[0]!.payload = JSON.stringify(github.deployments[0]!.payload);
    // Somebody else's.
    github.deployments.push({ id: 99, payload: "{ref}", environment: github.deployments[0]!.environment });
    await open().notify(notification({ command: "abort" }), never);
    assert.lengthOf(github.deployments, 2, "a payload may come back as text");
    await open().notify(notification({ deploy: "20261125T103000Z-8" }), never);
    assert.lengthOf(github.deployments, 3);
  });

  it("is tried again after a failure", async () => {
    const { answer } = server;
    const deployment = open();
    server.answer = (_, response) => response.writeHead(503).end();
    assert.equal(await failure(deployment), "HTTP 503");
    server.answer = answer;
    await deployment.notify(notification(), never);
    assert.lengthOf(github.statuses(), 1);
  });

  it("needs a token and a commit", async () => {
    assert.equal(await failure(open({ token: undefined })), "GITHUB_TOKEN has no value");
    assert.match(await failure(open({ commit: async () => null })), /^there is no commit to deploy from/);
    assert.isEmpty(github.deployments);
  });
});
