import { expect } from "chai";
import type { TrafficSettings } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { createCertificates } from "./certificates";
import { NameServer } from "./name-server";
import { HOST_NAME, Site } from "./site";

describe("failures of requests", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());

  /** Runs until 30 requests have ended and returns how often each error class came. */
  const errorsOf = async (changes: Partial<TrafficSettings> = {}): Promise<string[]> => {
    site.start(changes);
    await eventually("progress", () =>
      site.messages.some((message) => message.type === "progress" && message.sent > 30),
    );
    const { requests } = await site.stop();
    return [...new Set(requests.map(({ error }) => error))];
  };

  it("counts a 503", async () => {
    site.blue.answer = (_request, response) => void response.writeHead(503).end("no");
    expect(await errorsOf()).to.deep.equal(["503"]);
  });

  it("counts a redirect, which is no answer of the service", async () => {
    site.blue.answer = (_request, response) => void response.writeHead(301, { location: "/" }).end();
    expect(await errorsOf()).to.deep.equal(["301"]);
  });

  it("counts a 200 that is not the answer to its request, to a GET and to a POST", async () => {
    site.blue.answer = (_request, response) => void response.writeHead(200).end("<h1>We will be back soon</h1>");
    expect(await errorsOf()).to.deep.equal(["wrongAnswer"]);
  });

  it("counts an answer to another client's POST", async () => {
    site.blue.answer = (request, response) => {
      if (request.method === "POST") response.writeHead(201).end('{"id":"r1-0-0","name":"Rehearsal r1-0-0"}');
      else site.blue.succeed(request, response);
    };
    expect((await errorsOf()).sort()).to.deep.equal(["", "wrongAnswer"]);
  });

  it("counts a refused connection", async () => {
    await site.blue.close();
    expect(await errorsOf()).to.deep.equal(["ECONNREFUSED"]);
  });

  it("counts a name that does not exist", async () => {
    site.names.addresses = [];
    expect(await errorsOf()).to.deep.equal(["ENOTFOUND"]);
  });

  it("counts a certificate of another authority", async () => {
    const { authority } = await createCertificates(HOST_NAME);
    const [error] = await errorsOf({ certificateAuthority: authority });
    expect(error).to.be.oneOf(["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CERT_SIGNATURE_FAILURE"]);
  });

  it("counts a certificate for another name", async () => {
    expect(await errorsOf({ streams: site.streams({ hostName: "other.example.test" }) })).to.deep.equal([
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ]);
  });

  it("counts an answer that breaks off as closed, although its status was 200", async () => {
    site.blue.answer = (request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => request.socket.destroy());
    };
    expect(await errorsOf()).to.deep.equal(["closed"]);
  });

  it("counts a request without an answer as timeout, never sends it again, and stops in time", async () => {
    site.blue.answer = () => {};
    expect(await errorsOf({ timeoutMs: 200 })).to.deep.equal(["timeout"]);
    const ids = site.blue.received.flatMap(({ body }) => (body ? [body] : []));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("does not fail when the server closes each connection after its answer", async () => {
    site.blue.answer = (request, response) => {
      response.setHeader("connection", "close");
      site.blue.succeed(request, response);
    };
    expect(await errorsOf()).to.deep.equal([""]);
  });

  it("asks another name server when one is silent", async () => {
    const silent = await NameServer.listen("127.67.1.54", []);
    silent.silent = true;
    site.start({ nameServers: [silent.endpoint, site.names.endpoint], streams: site.streams({ clients: 8 }) });
    await eventually("a question to the silent server", () => silent.questions > 0);
    await eventually("answers", () => site.blue.received.length > 100);
    const { requests, dns } = await site.stop();
    silent.close();
    expect(requests.filter(({ error }) => error !== "")).to.deep.equal([]);
    expect(new Set(dns.map(({ error }) => error))).to.deep.equal(new Set(["", "EDNSTIMEOUT"]));
  });
});
