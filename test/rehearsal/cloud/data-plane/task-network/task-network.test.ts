import { execFile } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request as openRequest } from "node:http";
import type { Socket } from "node:net";
import { promisify } from "node:util";
import { expect } from "chai";
import type { TaskEnvironment, TaskPlace } from "../../../../../rehearsal/cloud/kernel/ports";
import { PORT, Scene } from "./scene";

const run = promisify(execFile);
const INTERNAL = `users.internal.example.jp:${PORT}`;
const NODE_CLIENT = `
  const { EnvHttpProxyAgent, fetch } = require("undici");
  fetch(process.argv[1], { dispatcher: new EnvHttpProxyAgent() }).then((answer) => answer.text()).then((text) => process.stdout.write(text));
`;
const PYTHON_CLIENT =
  "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())";

describe("rehearsal/cloud/data-plane/task-network/task-network", () => {
  let scene: Scene;
  let doodle: TaskEnvironment;

  before(async () => {
    scene = await Scene.open();
    doodle = await scene.taskNetwork.open(scene.task());
  });
  after(() => scene.close());

  /** A CONNECT through a task's proxy, closed at once: the status and the status text. */
  async function connectTo(place: string, environment = doodle.environment): Promise<{ status: number; text: string }> {
    const { hostname, port } = new URL(environment.HTTPS_PROXY!);
    const request = openRequest({ host: hostname, port, method: "CONNECT", path: place, agent: false });
    request.end();
    const [answer, socket] = (await once(request, "connect")) as [IncomingMessage, Socket];
    socket.destroy();
    return { status: answer.statusCode ?? 0, text: answer.statusMessage ?? "" };
  }

  async function withTask<Result>(changes: Partial<TaskPlace>, use: (task: TaskEnvironment) => Promise<Result>) {
    const task = await scene.taskNetwork.open(scene.task(changes));
    try {
      return await use(task);
    } finally {
      await task.close();
    }
  }

  it("gives a task only its proxy, AWS's API, the credentials of its role and the authority", () => {
    const { HTTPS_PROXY } = doodle.environment;
    expect(HTTPS_PROXY).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(doodle.environment).to.deep.equal({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_REGION: "ap-northeast-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:4566/credentials/doodle-task/1234",
      HTTPS_PROXY,
      https_proxy: HTTPS_PROXY,
      HTTP_PROXY: HTTPS_PROXY,
      http_proxy: HTTPS_PROXY,
      NO_PROXY: "127.0.0.1,localhost",
      no_proxy: "127.0.0.1,localhost",
      NODE_EXTRA_CA_CERTS: scene.authorityFile,
      SSL_CERT_FILE: scene.authorityFile,
      CURL_CA_BUNDLE: scene.authorityFile,
      REQUESTS_CA_BUNDLE: scene.authorityFile,
      AWS_CA_BUNDLE: scene.authorityFile,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: scene.authorityFile,
    });
  });

  const clients: { name: string; command: string; args: string[] }[] = [
    { name: "undici's EnvHttpProxyAgent", command: process.execPath, args: ["-e", NODE_CLIENT] },
    { name: "curl", command: "curl", args: ["-sS"] },
    { name: "Python's urllib", command: "python3", args: ["-c", PYTHON_CLIENT] },
  ];
  for (const { name, command, args } of clients) {
    it(`connects ${name} to an internal and to a public name, with the environment alone`, async function () {
      const installed = await run(command, ["--version"]).then(
        () => true,
        () => false,
      );
      if (!installed) this.skip();
      const env = { PATH: process.env.PATH, ...doodle.environment };
      const internal = await run(command, [...args, `https://${INTERNAL}/a?b=c`], { env });
      expect(internal.stdout).to.equal(`${INTERNAL}/a?b=c from 127.66.60.10`);
      const open = await run(command, [...args, "https://www.example.jp/"], { env });
      expect(open.stdout).to.equal("www.example.jp/ from 127.66.60.10");
    });
  }

  const refusals: [what: string, place: string, status: number, text: string | RegExp, changes?: Partial<TaskPlace>][] =
    [
      [
        "a call that is not declared",
        INTERNAL,
        403,
        `users refuses mailer: no security group lets it in on port ${PORT}; add "calls: [users]" to aoshingo:services.mailer`,
        { service: "mailer" },
      ],
      [
        "its test name",
        `users-test.internal.example.jp:${PORT}`,
        403,
        `users refuses mailer: no security group lets it in on port ${PORT}; add "calls: [users]" to aoshingo:services.mailer`,
        { service: "mailer" },
      ],
      [
        "another port",
        "users.internal.example.jp:4712",
        403,
        /^users refuses mailer: .* on port 4712/,
        { service: "mailer" },
      ],
      [
        "a task that is of no service",
        INTERNAL,
        403,
        `users refuses task 99: no security group lets it in on port ${PORT}`,
        { service: undefined, taskId: "99" },
      ],
      [
        "a service that the private zone has no name of",
        "payments.internal.example.jp:4711",
        502,
        `payments.internal.example.jp does not exist (NXDOMAIN) in the private hosted zone internal.example.jp; add "calls: [payments]" to aoshingo:services.mailer`,
        { service: "mailer" },
      ],
      [
        "a missing public name",
        "nobody.example.jp:443",
        502,
        "nobody.example.jp does not exist (NXDOMAIN) in the cloud's hosted zones",
      ],
      [
        "a name without an address",
        "example.jp:443",
        502,
        "example.jp has no address (no A record) in the cloud's hosted zones",
      ],
      [
        "another port of a public name",
        "www.example.jp:8443",
        403,
        /^mailer cannot reach www\.example\.jp: no egress rule of sg-\w+ allows port 8443$/,
        { service: "mailer" },
      ],
      [
        "the world",
        "example.com:443",
        403,
        "example.com is outside the cloud's hosted zones; a rehearsal never leaves this machine",
      ],
      [
        "AWS",
        "sqs.ap-northeast-1.amazonaws.com:443",
        403,
        /^sqs\.ap-northeast-1\.amazonaws\.com is AWS itself; here its interfaces are at AWS_ENDPOINT_URL/,
      ],
      ["an address elsewhere", "203.0.113.1:443", 403, /^203\.0\.113\.1 is no load balancer's address/],
      [
        "a database that its settings do not reach",
        "10.20.0.5:5432",
        403,
        `10.20.0.5 is no load balancer's address; a task of a rehearsal reaches nothing else, and on AWS no security group would let mailer out to it on port 5432: add "egress: [{ port: 5432, cidr: 10.20.0.5/32 }]" to aoshingo:services.mailer`,
        { service: "mailer" },
      ],
      ["an address of this machine", "127.0.0.1:22", 403, /^127\.0\.0\.1 is no load balancer's address/],
      [
        "an internal node's address",
        `127.66.60.2:${PORT}`,
        403,
        `internal-blue refuses mailer: no security group lets it in on port ${PORT}`,
        { service: "mailer" },
      ],
      [
        "another VPC",
        `127.66.60.2:${PORT}`,
        403,
        /^doodle is not in VPC vpc-\w+, and nothing outside it reaches internal-blue$/,
        { vpcId: "vpc-other" },
      ],
    ];
  for (const [what, place, status, text, changes] of refusals) {
    it(`refuses ${what} with ${status} and one line, also in its log`, async () => {
      const stranger = changes?.service === "doodle" ? {} : { securityGroupIds: [scene.groups.stranger] };
      scene.taskLog.length = 0;
      await withTask({ ...stranger, ...changes }, async ({ environment }) => {
        const first = await connectTo(place, environment);
        expect(first.status).to.equal(status);
        if (typeof text === "string") expect(first.text).to.equal(text);
        else expect(first.text).to.match(text);
        expect(await connectTo(place, environment)).to.deep.equal(first);
        expect(scene.taskLog).to.deep.equal([first.text]);
        expect(scene.log.filter((line) => line === first.text)).to.have.length(1);
      });
    });
  }

  it("gives no hint for a database that the settings allow", async () => {
    const { network, groups } = scene;
    const rule = { direction: "egress", protocol: "tcp", fromPort: 5432, toPort: 5432 } as const;
    const { id } = network.securityGroups.authorize(groups.doodle, {
      ...rule,
      peer: { kind: "cidrIpv4", value: "10.20.0.0/24" },
    });
    await withTask({}, async ({ environment }) => {
      const only = "is no load balancer's address; a task of a rehearsal reaches nothing else";
      expect((await connectTo("10.20.0.5:5432", environment)).text).to.equal(`10.20.0.5 ${only}`);
      for (const place of ["10.20.1.5:5432", "10.20.0.5:5433"])
        expect((await connectTo(place, environment)).text)
          .to.contain(`${only}, and on AWS`)
          .and.contain("egress: [");
    });
    network.securityGroups.revoke(id);
  });

  it("reports when the caller's own security group blocks the call", async () => {
    const { network, groups } = scene;
    const { id } = network.securityGroups.authorize(groups.edge, {
      direction: "ingress",
      protocol: "tcp",
      fromPort: PORT,
      toPort: PORT,
      peer: { kind: "group", value: groups.stranger },
    });
    await withTask({ service: "mailer", securityGroupIds: [groups.stranger] }, async ({ environment }) => {
      expect((await connectTo(INTERNAL, environment)).text).to.equal(
        `mailer cannot call users: no security group of its own lets it out on port ${PORT}; add "calls: [users]" to aoshingo:services.mailer`,
      );
    });
    network.securityGroups.revoke(id);
  });

  it("follows changes of the security groups for new connections, but keeps tunnels", async () => {
    const { network, groups } = scene;
    const { hostname, port } = new URL(doodle.environment.HTTPS_PROXY!);
    const request = openRequest({ host: hostname, port, method: "CONNECT", path: INTERNAL, agent: false });
    request.end();
    const [, kept] = (await once(request, "connect")) as [IncomingMessage, Socket];
    const rule = network.securityGroups.get(groups.edge).rules.find((one) => one.direction === "ingress")!;
    network.securityGroups.revoke(rule.id);
    expect((await connectTo(INTERNAL)).status).to.equal(403);
    network.securityGroups.authorize(groups.edge, rule);
    expect((await connectTo(INTERNAL)).status).to.equal(200);
    expect(kept.destroyed).to.equal(false);
    kept.destroy();
  });

  it("refuses plain HTTP with the same line", async () => {
    await withTask({ service: "mailer", securityGroupIds: [scene.groups.stranger] }, async ({ environment }) => {
      const { hostname, port } = new URL(environment.HTTP_PROXY!);
      const request = openRequest({ host: hostname, port, path: `http://${INTERNAL}/`, agent: false });
      request.end();
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      let body = "";
      for await (const piece of answer) body += piece;
      expect(answer.statusCode).to.equal(403);
      expect(body).to.match(/^users refuses mailer: .*; add "calls: \[users\]" to aoshingo:services\.mailer\n$/);
      expect(answer.statusMessage).to.equal(body.trimEnd());
    });
  });

  it("closes the proxy and its tunnels and revokes the credentials when the task ends", async () => {
    const task = await scene.taskNetwork.open(scene.task({ taskId: "ending" }));
    const { hostname, port } = new URL(task.environment.HTTPS_PROXY!);
    const request = openRequest({ host: hostname, port, method: "CONNECT", path: INTERNAL, agent: false });
    request.end();
    const [, tunnel] = (await once(request, "connect")) as [IncomingMessage, Socket];
    const cut = once(tunnel, "close");
    tunnel.resume();
    await task.close();
    await cut;
    expect(scene.revoked).to.include("ending");
    const error = await connectTo(INTERNAL, task.environment).catch((caught) => caught);
    expect(error.code).to.equal("ECONNREFUSED");
    await task.close();
  });

  it("gives a task without a role no credentials", () =>
    withTask({ taskRoleArn: undefined }, async ({ environment }) => {
      expect(environment).to.not.have.property("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    }));
});
