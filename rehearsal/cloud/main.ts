import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import closeWithGrace from "close-with-grace";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { ensurePulumiCli, pulumiCliFile } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { isLanguageHostNeeded } from "../language-host/is-language-host-needed";
import { startLanguageHost } from "../language-host/language-host";
import { startApi } from "./api/api";
import { AwsxProcess } from "./awsx-process";
import { Cloud } from "./cloud";
import { startDnsServers } from "./dns/server";
import { startEgressProxy } from "./egress/egress-proxy";
import { authorityFile, cloudEnvironment, stateFolder } from "./environment";
import { EventFile } from "./event-file";
import { instructions } from "./instructions";
import { Provider } from "./provider/provider";
import type { CloudReady } from "./running-cloud";

const LOCALHOST = "127.0.0.1";
const DNS_PORT = 53;
const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;
/** Time for tasks and load balancers to end before the cloud goes anyway. */
const CLOSE_MS = 5_000;

interface Options {
  region: string;
  zone: string[];
  speed: number;
  seed: number;
  loopback: string;
  portOffset: number;
  bootSeconds?: number;
  directory: string;
}

const program = new Command("cloud")
  .description("AWS on this machine, for rehearsals: runs until it is stopped, and keeps nothing")
  .option("--region <region>", "AWS region that it plays", "ap-northeast-1")
  .option("--zone <domain...>", "public hosted zones that exist from the start", ["rehearsal.test"])
  .option("--speed <n>", "AWS seconds in one real second", positive, 20)
  .option("--seed <n>", "seed of everything that is left to chance", whole, 1)
  .option("--loopback <prefix>", "beginning of its loopback addresses", loopbackPrefix, "127.20")
  .option("--port-offset <n>", "added to every AWS port, so that no root is needed", whole, 20_000)
  .option("--boot-seconds <n>", "AWS seconds that every instance takes to boot (default: 25 to 40)", whole)
  .option("--directory <path>", "where its state, logs and events go; emptied at the start", "out/cloud")
  .action(serve);

async function serve(options: Options): Promise<void> {
  const log = (line: string) => process.stderr.write(`cloud: ${line}\n`);
  const directory = resolve(options.directory);
  const pulumi = await ensurePulumiCli({ onProgress: log });
  emptied(directory);
  const events = new EventFile(join(directory, "events.ndjson"));
  const cloud = await Cloud.create({
    ...options,
    zones: options.zone,
    directory,
    emit: (event) => events.write(event),
    log,
  });
  const closers: (() => unknown)[] = [() => cloud.close()];
  closeWithGrace({ delay: CLOSE_MS, logger: false }, async ({ err }) => {
    if (err) log(err.stack ?? err.message);
    for (const close of closers.reverse()) await close();
    await events.close();
  });
  writeFileSync(authorityFile(directory), cloud.acm.authority);

  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  cloud.addresses.assertUsable(
    process.platform,
    interfaces.map(({ address }) => address),
  );
  const dnsPort = DNS_PORT + options.portOffset;
  const dns = await startDnsServers({
    addresses: cloud.addresses.nameServers,
    port: dnsPort,
    source: cloud.hostedZones,
  });
  closers.push(() => dns.close());
  const proxy = await startEgressProxy({
    address: LOCALHOST,
    port: 0,
    nameServers: dns.nameServers,
    portOffset: options.portOffset,
  });
  closers.push(() => proxy.close());
  const provider = new Provider({ types: cloud.types, functions: cloud.functions, region: options.region });
  closers.push(() => provider.close());
  const [awsPort, api, awsx, languageHost] = await Promise.all([
    provider.listen(LOCALHOST),
    startApi({ cloud, address: LOCALHOST, port: 0 }),
    AwsxProcess.start(),
    isLanguageHostNeeded(pulumiCliFile(pulumi)) ? startLanguageHost({ address: LOCALHOST }) : null,
  ]);
  closers.push(
    () => api.close(),
    () => awsx.close(),
    () => languageHost?.close(),
  );
  const ready: CloudReady = {
    type: "ready",
    environment: cloudEnvironment({
      region: options.region,
      directory,
      apiUrl: api.url,
      proxyUrl: proxy.url,
      awsPort,
      awsxPort: awsx.port,
      languageHostPort: languageHost?.port ?? null,
      pulumi: pulumiCliFile(pulumi),
    }),
    nameServers: dns.nameServers,
    portOffset: options.portOffset,
    directory,
  };
  if (process.send) process.send(ready);
  else console.log(instructions(ready));
  // A parent that is gone cannot stop its cloud any more.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

function emptied(directory: string): void {
  for (const name of ["state", "store", "logs", "events.ndjson", "pulumi-home"])
    rmSync(join(directory, name), { recursive: true, force: true });
  mkdirSync(stateFolder(directory), { recursive: true });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError(`wanted a number above 0, given ${text}`);
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError(`wanted a whole number from 0, given ${text}`);
  return value;
}

function loopbackPrefix(text: string): string {
  if (!/^127\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(text))
    throw new InvalidArgumentError(`wanted 127.N, such as 127.20, given ${text}`);
  return text;
}

program
  .exitOverride()
  .parseAsync()
  .catch((error: Error) => {
    // Commander has said itself what is wrong with the options.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_WRONG_USE);
    console.error(error.message);
    process.exit(EXIT_FAILED);
  });
