import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import closeWithGrace from "close-with-grace";
import type { Observed } from "../../automation/first-contact/observed";
import { ensurePulumiCli, pulumiCliFile } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { makeHomeWithoutLog } from "../../automation/stack/home-without-log";
import { isLanguageHostNeeded } from "../language-host/is-language-host-needed";
import { startLanguageHost } from "../language-host/language-host";
import { ACCESS_FILE, AccessFile } from "./access-file";
import { startApi } from "./api/api";
import { OWNER_KEY } from "./api/authorisation";
import type { AwsxProcess } from "./awsx-process";
import { Cloud } from "./cloud";
import { startDnsServers } from "./data-plane/dns/server";
import { startEgressProxy } from "./data-plane/egress/egress-proxy";
import { announceApi, ownDirectory } from "./directory-owner";
import { authorityFile, cloudEnvironment, stateFolder } from "./environment";
import { ControlPlane } from "./faults/control-plane";
import { environmentScript, instructions } from "./instructions";
import { assumptionsOf, observedSpread, spreadOf } from "./kernel/assumptions";
import { EventFile } from "./kernel/event-file";
import { probeSurroundings } from "./processes/surroundings";
import { ProviderHosts } from "./provider-hosts";
import type { CloudReady } from "./running-cloud";
import type { PreparedServer } from "./services/rds/external/prepare-server";
import { publicShareOf } from "./spread";
import { beforehandOf, NOTHING_BEFOREHAND, type StackPlace } from "./stack-settings";

const LOCALHOST = "127.0.0.1";
const DNS_PORT = 53;
/** Time for tasks and load balancers to end before the process exits without them. */
const CLOSE_MS = 5_000;

export interface ServeOptions {
  region: string;
  zone: string[];
  /** Path of a stack's settings: the VPC and the databases that they name, and the zones of further domains, exist from the start. Undefined outside of a project. */
  settings: string | undefined;
  /** What its instructions name. */
  place: StackPlace;
  speed: number;
  seed: number;
  loopback: string;
  portOffset: number;
  bootSeconds?: number;
  databaseSeconds?: number;
  vcpuLimit?: number;
  newAccount?: boolean;
  freePlan?: boolean;
  /** AWS seconds until the slowest node of a load balancer follows a change. Default: as observed, or as assumed. */
  spread?: number;
  /** What `first-contact` saw in an account, instead of what the cloud assumes. */
  observed?: Observed;
  /** A PostgreSQL that is there already, and gets all databases. */
  databaseServer?: PreparedServer | undefined;
  directory: string;
}

/**
 * Runs the cloud until the process gets a signal to end.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function serve(options: ServeOptions, awsxStarts: Promise<AwsxProcess>): Promise<void> {
  const log = (line: string) => process.stderr.write(`cloud: ${line}\n`);
  const directory = resolve(options.directory);
  const probing = probeSurroundings(networkNumber(options.loopback));
  const pulumi = await ensurePulumiCli({ onProgress: log });
  ownDirectory(directory);
  emptyDirectory(directory);
  const events = new EventFile(join(directory, "events.ndjson"));
  const accesses = new AccessFile(join(directory, ACCESS_FILE));
  const assumptions = assumptionsOf(options.observed ?? null);
  const spreadSeconds = options.spread ?? spreadOf(assumptions);
  const { network, furtherDomains, databases } =
    options.settings === undefined ? NOTHING_BEFOREHAND : beforehandOf(resolve(options.settings));
  const cloud = await Cloud.create({
    ...options,
    assumptions,
    spreadSeconds,
    publicShare: publicShareOf(spreadSeconds, observedSpread(options.observed)),
    zones: [...new Set([...options.zone, ...furtherDomains])],
    existingNetwork: network ?? undefined,
    existingDatabases: databases,
    directory,
    // Tasks have an API of their own: their keys, queues and logs stay while the control plane restarts.
    apiUrl: () => apiOfTasks.url,
    acceptApi: (socket) => apiOfTasks.accept(socket),
    surroundings: await probing,
    emit: (event) => events.write(event),
    onAccess: (access) => accesses.write(access),
    log,
  });
  const closers: (() => unknown)[] = [() => cloud.close(), async () => (await awsxStarts).close()];
  closeWithGrace({ delay: CLOSE_MS, logger: false }, async ({ err }) => {
    if (err) log(err.stack ?? err.message);
    for (const close of closers.reverse()) await close();
    await Promise.all([events.close(), accesses.close()]);
  });
  // A parent that has ended cannot stop its cloud.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  if (process.connected === false) process.kill(process.pid, "SIGTERM");
  writeFileSync(authorityFile(directory), cloud.services.acm.model.authority);

  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  cloud.addresses.assertUsable(
    process.platform,
    interfaces.map(({ address }) => address),
  );
  const dnsPort = DNS_PORT + options.portOffset;
  const dns = await startDnsServers({
    addresses: cloud.addresses.nameServers,
    port: dnsPort,
    source: cloud.services.route53.model,
  });
  closers.push(() => dns.close());
  const proxy = await startEgressProxy({
    address: LOCALHOST,
    port: 0,
    nameServers: dns.nameServers,
    clock: cloud.context.clock,
    nodes: cloud.services.elb.model.nodes,
    portOffset: options.portOffset,
  });
  closers.push(() => proxy.close());
  const providers = new ProviderHosts(cloud, LOCALHOST);
  closers.push(() => providers.close());
  const served = Object.assign(cloud, { providerPort: (accessKeyId: string) => providers.port(accessKeyId) });
  const tls = await cloud.services.acm.model.signFor([LOCALHOST]);
  const [awsPort, api, apiOfTasks, storage, awsx, languageHost] = await Promise.all([
    providers.port(OWNER_KEY),
    startApi({ cloud: served, address: LOCALHOST, port: 0 }),
    startApi({ cloud, address: LOCALHOST, port: 0 }),
    // S3 is reached by TLS, because buckets' policies require it, and stays while the control plane restarts.
    startApi({ cloud, address: LOCALHOST, port: 0, tls }),
    awsxStarts,
    isLanguageHostNeeded(pulumiCliFile(pulumi)) ? startLanguageHost({ address: LOCALHOST }) : null,
  ]);
  const controlPlane = new ControlPlane(cloud.context, [providers, api]);
  closers.push(
    () => apiOfTasks.close(),
    () => storage.close(),
    () => api.close(),
    () => controlPlane.close(),
    () => languageHost?.close(),
  );
  announceApi(directory, api.url);
  const ready: CloudReady = {
    type: "ready",
    environment: cloudEnvironment({
      region: options.region,
      directory,
      apiUrl: api.url,
      storageUrl: storage.url,
      proxyUrl: proxy.url,
      nameServers: dns.nameServers,
      awsPort,
      awsxPort: awsx.port,
      languageHostPort: languageHost?.port ?? null,
      pulumi: pulumiCliFile(pulumi),
    }),
    nameServers: dns.nameServers,
    portOffset: options.portOffset,
    directory,
  };
  const script = environmentScript(ready);
  writeFileSync(script.path, script.text);
  // `disconnect` says that the parent has ended, and not the error of this message.
  if (process.send) process.send(ready, () => {});
  else console.log(instructions(ready, options.place));
}

/** The second number of the loopback addresses, which no other cloud of this machine has. */
function networkNumber(loopback: string): number {
  return Number(loopback.split(".")[1]);
}

function emptyDirectory(directory: string): void {
  for (const name of ["state", "logs", "databases/data", "functions", "events.ndjson", ACCESS_FILE, "pulumi-home"])
    rmSync(join(directory, name), { recursive: true, force: true });
  mkdirSync(stateFolder(directory), { recursive: true });
  makeHomeWithoutLog(join(directory, "pulumi-home"));
}
