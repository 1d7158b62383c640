import { expect } from "chai";
import type { ListenerSettings } from "../../../../../../rehearsal/cloud/services/elb/model/listeners";
import { ask } from "./http";
import { FURTHER, forwardTo, ISSUED, notFound, PENDING, PORT_OFFSET, refused, Scene, settings } from "./scene";

describe("rehearsal/cloud/services/elb/model/listeners", () => {
  let scene: Scene;
  let loadBalancerArn: string;
  let address: string;
  const create = (changes: Partial<ListenerSettings>) =>
    scene.loadBalancing.listeners.create({
      loadBalancerArn,
      settings: { port: 80, protocol: "HTTP", defaultActions: [notFound], ...changes },
    });

  before(async () => {
    scene = await Scene.set("127.68.2");
    const created = await scene.createLoadBalancer();
    loadBalancerArn = created.arn;
    address = created.nodes[0]!.address;
  });
  after(() => scene.loadBalancing.close());

  it("serves HTTPS with the certificate, which is in use until the listener is deleted (E11, M5)", async () => {
    const listener = await create({ port: 443, protocol: "HTTPS", certificateArn: ISSUED });
    expect(listener.arn).to.match(/:listener\/app\/web-1\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
    expect(listener.sslPolicy).to.equal("ELBSecurityPolicy-2016-08");
    const ca = scene.certificates.authority;
    const answer = await ask({ address, port: 443 + PORT_OFFSET, ca, serverName: "users.example.jp" });
    expect(answer.status).to.equal(404);
    expect([...scene.certificates.users.get(ISSUED)!]).to.deep.equal([loadBalancerArn]);
    scene.loadBalancing.listeners.delete(listener.arn);
    expect([...scene.certificates.users.get(ISSUED)!]).to.deep.equal([]);
  });

  it("chooses a further certificate by the client's server name, which is in use until it is removed (E11, M5)", async () => {
    const { listeners } = scene.loadBalancing;
    const { arn } = await create({ port: 443, protocol: "HTTPS", certificateArn: ISSUED });
    const ca = scene.certificates.authority;
    const asked = () => ask({ address, port: 443 + PORT_OFFSET, ca, serverName: "www.example.com" });
    const refusedName = await asked().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refusedName).to.match(/www\.example\.com/);
    await listeners.addCertificate(arn, FURTHER);
    expect((await asked()).status).to.equal(404);
    expect([...scene.certificates.users.get(FURTHER)!]).to.deep.equal([loadBalancerArn]);
    await listeners.modify(arn, { port: 443, protocol: "HTTPS", certificateArn: ISSUED, defaultActions: [notFound] });
    expect((await asked()).status).to.equal(404);
    await listeners.removeCertificate(arn, FURTHER);
    expect([...scene.certificates.users.get(FURTHER)!]).to.deep.equal([]);
    listeners.delete(arn);
  });

  it("refuses a further certificate that is unknown or pending, and more than 25 (E11)", async () => {
    const { listeners } = scene.loadBalancing;
    const { arn } = await create({ port: 443, protocol: "HTTPS", certificateArn: ISSUED });
    await refused(
      () => listeners.addCertificate(arn, "arn:unknown"),
      "CertificateNotFound",
      "Certificate 'arn:unknown' not found",
    );
    await refused(
      () => listeners.addCertificate(arn, PENDING),
      "UnsupportedCertificate",
      `The certificate '${PENDING}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    );
    for (let place = 0; place < 25; place++) await listeners.addCertificate(arn, `${FURTHER}-${place}`);
    await refused(
      async () => listeners.addCertificate(arn, FURTHER),
      "TooManyCertificates",
      "You've reached the limit on the number of certificates per load balancer.",
    );
    listeners.delete(arn);
  });

  it("returns the existing listener for the same settings, and refuses others on its port (E12)", async () => {
    const first = await create({ port: 81 });
    expect((await create({ port: 81 })).arn).to.equal(first.arn);
    const other = { ...notFound, fixedResponse: { ...notFound.fixedResponse, statusCode: "410" } };
    await refused(
      () => create({ port: 81, defaultActions: [other] }),
      "DuplicateListener",
      "A listener with the specified port already exists",
    );
    const second = await create({ port: 82 });
    await refused(
      () =>
        scene.loadBalancing.listeners.modify(second.arn, { port: 81, protocol: "HTTP", defaultActions: [notFound] }),
      "DuplicateListener",
      "A listener with the specified port already exists",
    );
  });

  it("changes its default action and port in place", async () => {
    const { listeners } = scene.loadBalancing;
    const { arn } = await create({ port: 83 });
    const defaultActions = [{ ...notFound, fixedResponse: { contentType: "text/plain", statusCode: "410" } }];
    await listeners.modify(arn, { port: 84, protocol: "HTTP", defaultActions });
    expect((await ask({ address, port: 84 + PORT_OFFSET })).status).to.equal(410);
    expect(listeners.get(arn).port).to.equal(84);
  });

  const cases: [string, Partial<ListenerSettings>, string, string | RegExp][] = [
    [
      "HTTPS without a certificate (E11)",
      { port: 443, protocol: "HTTPS" },
      "ValidationError",
      "A certificate must be specified for HTTPS listeners",
    ],
    [
      "an unknown certificate (E11)",
      { port: 443, protocol: "HTTPS", certificateArn: "arn:nothing" },
      "CertificateNotFound",
      "Certificate 'arn:nothing' not found",
    ],
    [
      "a certificate of another Region (M6)",
      { port: 443, protocol: "HTTPS", certificateArn: ISSUED.replace("ap-northeast-1", "us-east-1") },
      "CertificateNotFound",
      /^Certificate 'arn:aws:acm:us-east-1:.*' not found$/,
    ],
    [
      "a pending certificate (E11)",
      { port: 443, protocol: "HTTPS", certificateArn: PENDING },
      "UnsupportedCertificate",
      `The certificate '${PENDING}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    ],
    [
      "an unknown SSL policy",
      { port: 443, protocol: "HTTPS", certificateArn: ISSUED, sslPolicy: "Mine" },
      "SSLPolicyNotFound",
      "SSL policy 'Mine' not found",
    ],
    [
      "a certificate with HTTP",
      { port: 99, certificateArn: ISSUED },
      "ValidationError",
      /cannot be specified for HTTP/,
    ],
    ["a port out of range", { port: 0 }, "ValidationError", "Port '0' must be between 1 and 65535"],
    ["no action", { port: 99, defaultActions: [] }, "ValidationError", /at least one action/],
    [
      "an unknown target group",
      { port: 99, defaultActions: [forwardTo({ arn: "arn:none" })] },
      "TargetGroupNotFound",
      "Target groups 'arn:none' not found",
    ],
  ];
  for (const [rule, changes, code, message] of cases) {
    it(`refuses ${rule}`, () => refused(() => create(changes), code, message));
  }

  it("refuses load balancers and listeners that do not exist", async () => {
    const { listeners, loadBalancers } = scene.loadBalancing;
    await refused(() => listeners.delete("arn:none"), "ListenerNotFound", "One or more listeners not found");
    await refused(
      () => loadBalancers.modify("arn:none", settings()),
      "LoadBalancerNotFound",
      "One or more load balancers not found",
    );
    const input = {
      loadBalancerArn: "arn:none",
      settings: { port: 80, protocol: "HTTP" as const, defaultActions: [] },
    };
    await refused(() => listeners.create(input), "LoadBalancerNotFound", "Load balancer 'arn:none' not found");
  });
});
