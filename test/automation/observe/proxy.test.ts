import { assert } from "chai";
import { EnvHttpProxyAgent, request } from "undici";
import { httpsClient } from "../../../automation/observe/https-client";
import { proxyFor } from "../../../automation/observe/proxy";

/** Nothing listens there. */
const PROXY = "http://127.0.0.1:1";
const NAMES = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];

describe("proxyFor", () => {
  const own = NAMES.map((name) => [name, process.env[name]] as const);
  const clear = () => {
    for (const name of NAMES) delete process.env[name];
  };
  beforeEach(clear);
  after(() => {
    clear();
    for (const [name, value] of own) if (value !== undefined) process.env[name] = value;
  });

  const USERS = "https://users.example.jp/healthz";
  const table: { noProxy: string; url?: string; isDirect: boolean }[] = [
    { noProxy: "", isDirect: false },
    { noProxy: " , ", isDirect: false },
    { noProxy: "*", isDirect: true },
    { noProxy: "*,example.com", isDirect: false },
    { noProxy: ".example.jp", isDirect: true },
    { noProxy: "example.jp", isDirect: true },
    { noProxy: "*.example.jp", isDirect: true },
    { noProxy: "EXAMPLE.JP", isDirect: true },
    { noProxy: "users.example.jp", isDirect: true },
    { noProxy: "ample.jp", isDirect: false },
    { noProxy: "example.com", isDirect: false },
    { noProxy: "localhost, example.jp", isDirect: true },
    { noProxy: "localhost example.jp\texample.com", isDirect: true },
    { noProxy: ".example.jp", url: "https://example.jp/", isDirect: true },
    { noProxy: "example.jp:443", isDirect: true },
    { noProxy: "example.jp:8443", isDirect: false },
    { noProxy: "example.jp:8443", url: "https://users.example.jp:8443/", isDirect: true },
    { noProxy: "127.0.0.1", url: "https://127.0.0.1/", isDirect: true },
    { noProxy: "127.0.0.0/8", url: "https://127.0.0.1/", isDirect: false },
    { noProxy: "[::1]", url: "https://[::1]/", isDirect: true },
  ];
  for (const { noProxy, url = USERS, isDirect } of table) {
    const title = `${url} ${isDirect ? "directly" : "by the proxy"} with NO_PROXY=${JSON.stringify(noProxy)}`;
    it(title, () => {
      Object.assign(process.env, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy });
      assert.equal(proxyFor(url), isDirect ? undefined : PROXY);
    });

    it(`${title}, as undici does`, async () => {
      const connect = (_: unknown, end: (error: Error, socket: null) => void) => end(new Error("directly"), null);
      const dispatcher = new EnvHttpProxyAgent({ httpsProxy: PROXY, noProxy, connect });
      const failure = await request(url, { dispatcher }).catch((error: Error) => error.message);
      assert.equal(failure === "directly", isDirect);
      await dispatcher.destroy();
    });
  }

  it("reads the variables in lower case, too", () => {
    Object.assign(process.env, { https_proxy: PROXY });
    assert.equal(proxyFor(USERS), PROXY);
    Object.assign(process.env, { NO_PROXY: "example.com", no_proxy: "example.jp" });
    assert.isUndefined(proxyFor(USERS));
  });

  it("is none where there is no proxy", () => {
    assert.isUndefined(proxyFor(USERS));
    process.env.HTTPS_PROXY = "";
    assert.isUndefined(proxyFor(USERS));
  });

  it("decides whether the addresses of a load balancer are of use: by the service's name, as for its requests", async () => {
    Object.assign(process.env, { HTTPS_PROXY: PROXY, NO_PROXY: "example.com" });
    assert.deepEqual(await httpsClient.addresses("localhost", USERS), []);
    process.env.NO_PROXY = ".example.jp";
    assert.deepEqual(await httpsClient.addresses("localhost", USERS), ["127.0.0.1"]);
  });
});
