import "../../automation/core/silent-aws-sdk";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ClientReadableStream,
  credentials,
  Client as GrpcClient,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import { authorityFile } from "../../rehearsal/cloud/environment";
import { CHECK, WATCH, WHOLE } from "./grpc-service/health-server";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const SERVICES = ["config", "aoshingo:services"];
const GREETER = {
  ...{ kind: "api", size: 1, protocol: "grpc", streams: { within: "20m" } },
  healthCheck: { intervalSeconds: 30 },
};
const WEB = { kind: "api", size: 1, protocol: "http2", healthCheck: { intervalSeconds: 30 } };

/** Calls the health service of a gRPC service's production name all the time, and counts the answers: `{ok: 51}`. */
class CallWatch {
  readonly answers: Record<string, number> = {};
  readonly #client: GrpcClient;
  #isEnding = false;
  readonly #calling: Promise<void>;

  constructor(stack: RunningStack, host: string) {
    const proxy = new URL(stack.environment.HTTPS_PROXY!);
    const authority = readFileSync(authorityFile(stack.cloud.ready.directory));
    this.#client = new GrpcClient(proxy.host, credentials.createSsl(authority), {
      "grpc.http_connect_target": `dns:${host}:443`,
      "grpc.ssl_target_name_override": host,
      "grpc.default_authority": host,
      "grpc.enable_http_proxy": 0,
    });
    this.#calling = this.#call();
  }

  /** Opens a stream, which says something several times a second. */
  watch(): ClientReadableStream<Buffer> {
    return this.#client.makeServerStreamRequest(WATCH.path, WATCH.requestSerialize, WATCH.responseDeserialize, WHOLE);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#calling;
    this.#client.close();
  }

  async #call(): Promise<void> {
    while (!this.#isEnding) {
      const error = await new Promise<ServiceError | null>((resolve) => {
        const { path, requestSerialize, responseDeserialize } = CHECK;
        this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, WHOLE, new Metadata(), resolve);
      });
      const answer = error?.message ?? "ok";
      this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    }
  }
}

describe("services that speak gRPC and HTTP/2", () => {
  let stack: RunningStack;
  let calls: CallWatch | undefined;
  let requests: ProductionWatch | undefined;

  before(async () => {
    stack = await sharedStack({ from: "release" });
  });
  after(async () => {
    await calls?.stop();
    await requests?.stop();
    if (!stack) return;
    for (const name of ["greeter", "web"]) await changeSettings(stack.settingsFile, [...SERVICES, name], undefined);
    await stack.up();
  });

  const set = (name: string, block: object) => changeSettings(stack.settingsFile, [...SERVICES, name], block);

  async function deploy(tag: string, onEvent: (event: DeployEvent) => void = () => {}): Promise<void> {
    await stack.push(tag, "none", "greeter", join(__dirname, "grpc-service"));
    await stack.push(tag, "none", "web", join(__dirname, "h2c-service"));
    const { exitCode, errors, events } = await stack.deployAll([`greeter=${tag}`, `web=${tag}`], onEvent);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
  }

  it("may change their protocol until the first release", async () => {
    const { healthCheck, ...plain } = GREETER;
    await set("greeter", { ...plain, protocol: "http1", healthCheck });
    await stack.up();
    expect((await stack.outputs()).services.greeter).to.not.have.property("protocol");
    await set("greeter", GREETER);
    await set("web", WEB);
    await stack.up();
    const { greeter, web } = (await stack.outputs()).services;
    expect([greeter!.protocol, web!.protocol]).to.deep.equal(["grpc", "http2"]);
  });

  it("are deployed without a failed call, and a stream goes on until its task is told to end", async () => {
    await deploy("v1");
    calls = new CallWatch(stack, "greeter.rehearsal.test");
    requests = new ProductionWatch(stack, "https://web.rehearsal.test/", { allowH2: true });
    const stream = calls.watch();
    await once(stream, "data");
    let heardOfRetire = false;
    const cancelled = once(stream, "error");
    await deploy("v2", (event) => {
      if (event.type !== "stepStarted" || event.step !== "retire") return;
      // The old colour's task waits for this stream.
      void once(stream, "data").then(() => {
        heardOfRetire = true;
        stream.cancel();
      });
    });
    await cancelled;
    await calls.stop();
    await requests.stop();
    expect(heardOfRetire).to.equal(true);
    expect(Object.keys(calls.answers)).to.deep.equal(["ok"]);
    expect(Object.keys(requests.answers)).to.deep.equal(["200 v1", "200 v2"]);
  });

  it("keep their protocol while a release runs", async () => {
    const before = await stack.resources();
    await set("greeter", { ...GREETER, protocol: "http2", healthCheck: { path: "/up" } });
    const { exitCode, text } = await stack.pulumi(join(__dirname, "../.."), [
      ...["preview", "--stack", "rehearsal", "--config-file", stack.settingsFile],
    ]);
    expect(exitCode).to.not.equal(0);
    expect(text).to.contain(
      "aoshingo:services.greeter.protocol: given http2, but the stack has grpc: a change replaces the target groups of greeter, which fails its requests.",
    );
    await set("greeter", GREETER);
    expect(await stack.resources()).to.deep.equal(before);
  });
});
