import { expect } from "chai";
import type { ProtocolVersion } from "../../../../../../rehearsal/cloud/data-plane/load-balancer/types";
import { ASSUMED } from "../../../../../../rehearsal/cloud/kernel/assumptions";
import { AwsError } from "../../../../../../rehearsal/cloud/kernel/aws-error";
import { CloudClock } from "../../../../../../rehearsal/cloud/kernel/clock";
import type { CloudContext } from "../../../../../../rehearsal/cloud/kernel/context";
import type { CloudEvent } from "../../../../../../rehearsal/cloud/kernel/events";
import { Faults } from "../../../../../../rehearsal/cloud/kernel/faults";
import type { Certificates, RegisteredInstance } from "../../../../../../rehearsal/cloud/kernel/ports";
import { Random } from "../../../../../../rehearsal/cloud/kernel/random";
import { Authority } from "../../../../../../rehearsal/cloud/services/acm/model/authority";
import type { LoadBalancerNetwork } from "../../../../../../rehearsal/cloud/services/elb/model/load-balancer-interfaces";
import { LoadBalancing } from "../../../../../../rehearsal/cloud/services/elb/model/load-balancing";
import type {
  LoadBalancerSettings,
  TargetGroupSettings,
} from "../../../../../../rehearsal/cloud/services/elb/model/state";

/** The difference between an AWS port, such as 80 or 443, and the port on this machine. */
export const PORT_OFFSET = 42_000;

/** The source address of connections from inside the VPC. */
export const INSIDE = "127.68.99.10";

export interface TestContext extends CloudContext {
  faults: Faults;
  events: CloudEvent[];
  lines: string[];
}

export function testContext(speed: number): TestContext {
  const events: CloudEvent[] = [];
  const lines: string[] = [];
  const own = {
    clock: new CloudClock(speed),
    emit: (event: CloudEvent) => void events.push(event),
    log: (line: string) => void lines.push(line),
  };
  return {
    ...own,
    random: new Random(1),
    assumptions: ASSUMED,
    region: "ap-northeast-1",
    accountId: "123456789012",
    faults: new Faults(own),
    events,
    lines,
  };
}

const subnet = (letter: string, zone: string, changes: { vpcId?: string; cidrBlock?: string } = {}) => ({
  id: `subnet-${letter}`,
  vpcId: "vpc-1",
  availabilityZone: `ap-northeast-1${zone}`,
  cidrBlock: "10.0.0.0/24",
  ...changes,
});

/** A network that allows everything until a test changes it. */
class TestNetwork implements LoadBalancerNetwork {
  subnets = [
    subnet("a", "a"),
    subnet("b", "b"),
    subnet("c", "c"),
    subnet("a2", "a"),
    subnet("tiny", "b", { cidrBlock: "10.0.9.0/28" }),
    subnet("full", "b"),
    subnet("elsewhere", "b", { vpcId: "vpc-2" }),
  ];
  openPorts = "all" as "all" | number[];
  privateSubnets: string[] = [];
  /** The attached interfaces by id. */
  held = new Map<string, { subnetId: string; securityGroupIds: string[] }>();
  #count = 0;

  allows(_from: string[] | "internet", _to: string[], port: number): boolean {
    return this.openPorts === "all" || this.openPorts.includes(port);
  }

  internetRoute(subnetId: string): "internet-gateway" | "nat-gateway" | null {
    return this.privateSubnets.includes(subnetId) ? "nat-gateway" : "internet-gateway";
  }

  reachesService(): { ok: true } {
    return { ok: true };
  }

  subnet(subnetId: string) {
    const found = this.subnets.find((one) => one.id === subnetId);
    if (!found) throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
    return found;
  }

  attachInterface(settings: { subnetId: string; securityGroupIds: string[] }): { id: string } {
    const id = `eni-${++this.#count}`;
    this.held.set(id, settings);
    return { id };
  }

  setInterfaceGroups(interfaceId: string, securityGroupIds: string[]): void {
    Object.assign(this.held.get(interfaceId)!, { securityGroupIds });
  }

  detachInterface(interfaceId: string): void {
    this.held.delete(interfaceId);
  }

  freeAddresses(subnetId: string): number {
    return subnetId === "subnet-full" ? 7 : 200;
  }
}

/** Certificates: one that is issued, one that is pending, and further ones for other names. */
export class TestCertificates implements Certificates {
  readonly users = new Map<string, Set<string>>();

  constructor(
    readonly authority: string,
    private readonly certificate: Issued,
    private readonly further: Issued,
  ) {}

  issued(arn: string) {
    if (arn.startsWith(FURTHER)) return this.further;
    return arn === ISSUED ? this.certificate : undefined;
  }

  exists(arn: string): boolean {
    return arn === PENDING || this.issued(arn) !== undefined;
  }

  setInUse(arn: string, user: string, inUse: boolean): void {
    const users = this.users.get(arn) ?? new Set();
    this.users.set(arn, users);
    if (inUse) users.add(user);
    else users.delete(user);
  }
}

type Issued = NonNullable<ReturnType<Certificates["issued"]>>;

/** A certificate for www.example.com; any text after it makes another one. */
export const FURTHER = "arn:aws:acm:ap-northeast-1:123456789012:certificate/further";
export const ISSUED = "arn:aws:acm:ap-northeast-1:123456789012:certificate/issued";
export const PENDING = "arn:aws:acm:ap-northeast-1:123456789012:certificate/pending";

export class Scene {
  readonly network = new TestNetwork();
  readonly loadBalancing: LoadBalancing;
  #addresses = 0;
  #names = 0;

  private constructor(
    readonly context: TestContext,
    readonly certificates: TestCertificates,
    addresses: string,
  ) {
    this.loadBalancing = new LoadBalancing(context, {
      network: this.network,
      certificates,
      mayDeliverLogs: (bucket) => bucket === "logs",
      allocateAddress: () => `${addresses}.${++this.#addresses}`,
      dataPlane: { portOffset: PORT_OFFSET, spreadSeconds: 2, insideAddress: INSIDE },
    });
  }

  /**
   * @param addresses the first three numbers of loopback addresses that no other test uses
   * @param speed AWS seconds in a real one
   */
  static async set(addresses: string, speed = 100): Promise<Scene> {
    const authority = await Authority.create();
    const issue = async (hostNames: string[]) => ({ ...(await authority.sign(hostNames)), hostNames });
    const certificates = new TestCertificates(
      authority.pem,
      await issue(["example.jp", "*.example.jp"]),
      await issue(["www.example.com"]),
    );
    return new Scene(testContext(speed), certificates, addresses);
  }

  createLoadBalancer(name = `web-${++this.#names}`, internal = false) {
    return this.loadBalancing.loadBalancers.create({ name, internal, settings: settings() });
  }

  createTargetGroup(
    changes: Partial<TargetGroupSettings> = {},
    name = `group-${++this.#names}`,
    protocolVersion: ProtocolVersion = "HTTP1",
  ) {
    return this.loadBalancing.targetGroups.create({
      name,
      protocolVersion,
      port: 8080,
      vpcId: "vpc-1",
      settings: targetGroupSettings(changes),
    });
  }

  /** Creates a listener, by default on port 80, that responds with 404. */
  createListener(loadBalancerArn: string, port = 80) {
    return this.loadBalancing.listeners.create({
      loadBalancerArn,
      settings: { port, protocol: "HTTP", defaultActions: [notFound] },
    });
  }

  /** Resolves with the health of a group's targets once the condition holds. */
  healthUntil(targetGroupArn: string, isWanted: (states: string[]) => boolean): Promise<string[]> {
    const states = () => this.loadBalancing.targets.health(targetGroupArn).map((target) => target.state);
    return new Promise((resolve) => {
      const unsubscribe = this.loadBalancing.targets.onHealth(look);
      function look() {
        if (!isWanted(states())) return;
        queueMicrotask(() => unsubscribe());
        resolve(states());
      }
      look();
    });
  }
}

export const notFound = { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } };

export const forwardTo = (...targetGroups: { arn: string; weight?: number }[]) => ({
  type: "forward",
  forward: { targetGroups: targetGroups.map(({ arn, weight = 1 }) => ({ arn, weight })) },
});

export const hostIs = (...values: string[]) => [{ hostHeader: { values } }];

export function settings(changes: Partial<LoadBalancerSettings> = {}): LoadBalancerSettings {
  return {
    subnets: ["subnet-a", "subnet-b"],
    securityGroups: ["sg-edge"],
    idleTimeoutSeconds: 60,
    clientKeepAliveSeconds: 3600,
    dropInvalidHeaderFields: false,
    deletionProtection: false,
    accessLogs: null,
    ...changes,
  };
}

export function targetGroupSettings(changes: Partial<TargetGroupSettings> = {}): TargetGroupSettings {
  return {
    healthCheck: {
      path: "/up",
      intervalSeconds: 10,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
    },
    deregistrationDelaySeconds: 30,
    ...changes,
  };
}

export function instance(instanceId: string, changes: Partial<RegisteredInstance> = {}): RegisteredInstance {
  return {
    instanceId,
    vpcId: "vpc-1",
    subnetId: "subnet-a",
    availabilityZone: "ap-northeast-1a",
    securityGroupIds: ["sg-service"],
    ...changes,
  };
}

/** Expects an AWS error with this code and message. */
export async function refused(call: () => unknown, code: string, message: string | RegExp): Promise<void> {
  let error: unknown;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  expect(error, `${code} expected`).to.be.instanceOf(AwsError);
  expect((error as AwsError).code).to.equal(code);
  if (typeof message === "string") expect((error as AwsError).message).to.equal(message);
  else expect((error as AwsError).message).to.match(message);
}
