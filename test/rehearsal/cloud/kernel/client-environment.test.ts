import { expect } from "chai";
import {
  authorityEnvironment,
  authorityFileOf,
  proxyEnvironment,
  withoutCloud,
} from "../../../../rehearsal/cloud/kernel/client-environment";

describe("rehearsal/cloud/kernel/client-environment", () => {
  const machine = { PATH: "/bin", HOME: "/root" };
  const cloud = { ...proxyEnvironment("http://127.0.0.1:28080"), ...authorityEnvironment("/out/authority.pem") };

  it("is taken away again from the shell of environment.sh", () => {
    expect(withoutCloud({ ...machine, ...cloud })).to.deep.equal(machine);
  });

  it("leaves a machine's own proxy and certificates alone", () => {
    const own = { ...machine, ...proxyEnvironment("http://proxy:3128"), SSL_CERT_FILE: "/etc/ca.pem" };
    expect(withoutCloud(own)).to.deep.equal(own);
    const all = { ...own, NODE_EXTRA_CA_CERTS: "/etc/ca.pem", CURL_CA_BUNDLE: "/etc/ca.pem" };
    expect(withoutCloud(all)).to.deep.equal(all);
  });

  it("names the file of its authority", () => {
    expect(authorityFileOf(cloud)).to.equal("/out/authority.pem");
    expect(authorityFileOf({})).to.equal(undefined);
  });
});
