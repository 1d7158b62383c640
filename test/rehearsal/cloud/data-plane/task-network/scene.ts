import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseListeners } from "../../../../../rehearsal/cloud/data-plane/database/database-listeners";
import { TaskNetwork } from "../../../../../rehearsal/cloud/data-plane/task-network/task-network";
import type { LoadBalancerNodes, TaskPlace } from "../../../../../rehearsal/cloud/kernel/ports";
import { Authority } from "../../../../../rehearsal/cloud/services/acm/model/authority";
import type { Network } from "../../../../../rehearsal/cloud/services/ec2/model/network";
import type { Peer } from "../../../../../rehearsal/cloud/services/ec2/model/security-group-rule";
import type { LoadBalancerDnsName } from "../../../../../rehearsal/cloud/services/elb/model/load-balancer-dns-names";
import { ElbNodes } from "../../../../../rehearsal/cloud/services/elb/model/load-balancer-nodes";
import { ElbState } from "../../../../../rehearsal/cloud/services/elb/model/state";
import { HostedZones } from "../../../../../rehearsal/cloud/services/route53/model/hosted-zones";
import { VpcResolver } from "../../../../../rehearsal/cloud/services/route53/model/vpc-resolver";
import { publicAndPrivate } from "../../services/ec2/model/scene";
import { ALB_ZONE, alias } from "../../services/route53/model/scene";
import { freePortOffset } from "../load-balancer/scene";

const PUBLIC_NODE = "127.66.60.1";
const INTERNAL_NODE = "127.66.60.2";
const INSIDE = "127.66.60.10";
export const PORT = 4711;
const ANYWHERE: Peer = { kind: "cidrIpv4", value: "0.0.0.0/0" };

/**
 * A VPC with the security group of an internal edge that allows `doodle` on port 4711, and the groups of two services.
 * `users.internal.example.jp` is in its private zone, `www.example.jp` in a public one. A real HTTPS server behind each
 * answers with the URL and the address of the client.
 */
export class Scene {
  readonly log: string[] = [];
  readonly taskLog: string[] = [];
  readonly revoked: string[] = [];

  private constructor(
    readonly network: Network,
    readonly vpcId: string,
    private readonly subnetId: string,
    readonly groups: { edge: string; doodle: string; stranger: string },
    readonly zones: HostedZones,
    readonly nodes: LoadBalancerNodes,
    readonly taskNetwork: TaskNetwork,
    readonly authorityFile: string,
    readonly portOffset: number,
    private readonly servers: { close(): void }[],
  ) {}

  static async open(): Promise<Scene> {
    const { network, vpc, open, closed } = await publicAndPrivate(10_000);
    const groups = {
      edge: bare(network, vpc.id, "edge"),
      doodle: bare(network, vpc.id, "doodle"),
      stranger: bare(network, vpc.id, "stranger"),
      web: bare(network, vpc.id, "web"),
    };
    allow(network, groups.edge, "ingress", { kind: "group", value: groups.doodle }, PORT);
    allow(network, groups.doodle, "egress", { kind: "group", value: groups.edge }, PORT);
    for (const group of [groups.doodle, groups.stranger]) allow(network, group, "egress", ANYWHERE, 443);
    allow(network, groups.web, "ingress", ANYWHERE, 443);

    const state = new ElbState();
    for (const [name, internal, subnetId, group, address] of [
      ["internal-blue", true, closed.id, groups.edge, INTERNAL_NODE],
      ["public-blue", false, open.id, groups.web, PUBLIC_NODE],
    ] as const) {
      state.loadBalancers.set(name, {
        arn: name,
        name,
        internal,
        dnsName: `${name}.ap-northeast-1.elb.amazonaws.com`,
        zoneId: ALB_ZONE,
        vpcId: vpc.id,
        state: "active",
        createdAtMs: 0,
        settings: {
          subnets: [subnetId],
          securityGroups: [group],
          idleTimeoutSeconds: 60,
          clientKeepAliveSeconds: 3600,
          dropInvalidHeaderFields: false,
          deletionProtection: false,
          accessLogs: null,
        },
        nodes: [{ zone: "ap-northeast-1a", subnetId, address, leaving: false, interfaceId: null }],
      });
    }
    const names = new Map<string, LoadBalancerDnsName>(
      [...state.loadBalancers.values()].map(({ dnsName, nodes }) => [
        dnsName,
        { zoneId: ALB_ZONE, addresses: nodes.map((node) => node.address) },
      ]),
    );
    const zones = new HostedZones(network.context, {
      zoneNames: ["example.jp"],
      nameServers: ["127.66.60.53", "127.66.60.54", "127.66.60.55", "127.66.60.56"],
      loadBalancers: { find: (name) => names.get(name) },
      vpcs: network.vpcs,
    });
    const [publicZone] = zones.findByName("example.jp");
    const privateZone = zones.createZone("internal.example.jp", "", [vpc.id]);
    const internalName = "internal-blue.ap-northeast-1.elb.amazonaws.com";
    await Promise.all([
      zones.change(privateZone.id, [
        { action: "CREATE", record: alias("users.internal.example.jp", internalName) },
        { action: "CREATE", record: alias("users-test.internal.example.jp", internalName) },
      ]).inSync,
      zones.change(publicZone!.id, [
        { action: "CREATE", record: alias("www.example.jp", "public-blue.ap-northeast-1.elb.amazonaws.com") },
      ]).inSync,
    ]);

    const authority = await Authority.create();
    const authorityFile = join(tmpdir(), `task-network-${process.pid}.pem`);
    writeFileSync(authorityFile, authority.pem);
    const { certificate, privateKey } = await authority.sign(["*.internal.example.jp", "www.example.jp"]);
    const portOffset = (await freePortOffset(INTERNAL_NODE)) - PORT + 80;
    const servers = await Promise.all(
      [
        { address: INTERNAL_NODE, port: PORT + portOffset },
        { address: PUBLIC_NODE, port: 443 + portOffset },
      ].map(async ({ address, port }) => {
        const connections = new Set<Socket>();
        const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
          response.end(`${request.headers.host}${request.url} from ${request.socket.remoteAddress}`);
        });
        server.on("connection", (socket: Socket) => connections.add(socket));
        server.listen(port, address);
        await once(server, "listening");
        return {
          close() {
            server.close();
            for (const socket of connections) socket.destroy();
          },
        };
      }),
    );
    const nodes = new ElbNodes(state, network);
    const scene: Scene = new Scene(
      network,
      vpc.id,
      closed.id,
      groups,
      zones,
      nodes,
      new TaskNetwork({
        zones,
        resolver: new VpcResolver(zones, network.context.clock),
        nodes,
        network,
        insideAddress: INSIDE,
        portOffset,
        databases: new DatabaseListeners({ databases: { inVpc: () => [] }, network, addresses: undefined }),
        credentials: {
          issue: (role, taskId) => ({
            path: `/credentials/${role}/${taskId}`,
            revoke: () => void scene.revoked.push(taskId),
          }),
        },
        apiUrl: () => "http://127.0.0.1:4566",
        region: "ap-northeast-1",
        authorityFile,
        log: (line) => void scene.log.push(line),
      }),
      authorityFile,
      portOffset,
      servers,
    );
    return scene;
  }

  /** Returns a task in the private subnet. */
  task(changes: Partial<TaskPlace> = {}): TaskPlace {
    return {
      taskId: "1234",
      instanceId: "i-1",
      vpcId: this.vpcId,
      subnetId: this.subnetId,
      securityGroupIds: [this.groups.doodle],
      service: "doodle",
      taskRoleArn: "doodle-task",
      network: undefined,
      log: (line) => void this.taskLog.push(line),
      ...changes,
    };
  }

  async close(): Promise<void> {
    await this.taskNetwork.close();
    this.zones.close();
    for (const server of this.servers) server.close();
    rmSync(this.authorityFile, { force: true });
  }
}

/** Creates a security group without rules, as the provider does (N10). */
function bare(network: Network, vpcId: string, name: string): string {
  const { id, rules } = network.securityGroups.create(vpcId, name, "d");
  for (const rule of rules) network.securityGroups.revoke(rule.id);
  return id;
}

function allow(network: Network, groupId: string, direction: "ingress" | "egress", peer: Peer, port: number): void {
  network.securityGroups.authorize(groupId, { direction, protocol: "tcp", fromPort: port, toPort: port, peer });
}
