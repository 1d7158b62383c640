import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSamples, type TrafficSamples } from "../../../rehearsal/report/samples";
import { Generator } from "../../../rehearsal/traffic/generator";
import { streamsOf } from "../../../rehearsal/traffic/streams";
import type { FromTraffic, TrafficSettings, TrafficStream } from "../../../rehearsal/traffic/types";
import { type Certificates, createCertificates } from "./certificates";
import { NameServer } from "./name-server";
import { UsersServer } from "./users-server";

export const HOST_NAME = "users.example.test";
const BLUE = "127.67.1.1";
const GREEN = "127.67.1.2";

/** Two servers on two addresses, a name server that answers blue's, and a folder for the record. */
export class Site {
  readonly messages: FromTraffic[] = [];
  #generator: Generator | null = null;

  private constructor(
    readonly certificates: Certificates,
    readonly blue: UsersServer,
    readonly green: UsersServer,
    readonly names: NameServer,
    readonly folder: string,
  ) {}

  static async open(): Promise<Site> {
    const certificates = await createCertificates(HOST_NAME);
    const blue = await UsersServer.listen(BLUE, 0, "users:blue", certificates);
    const green = await UsersServer.listen(GREEN, blue.port, "users:green", certificates);
    const names = await NameServer.listen("127.67.1.53", [BLUE]);
    return new Site(certificates, blue, green, names, await mkdtemp(join(tmpdir(), "aoshingo-traffic-")));
  }

  /** 100 requests a second by 2 clients a class; 2 s of real time per TTL of 60 unless told otherwise. */
  settings(changes: Partial<TrafficSettings> = {}): TrafficSettings {
    return {
      streams: this.streams(),
      nameServers: [this.names.endpoint],
      portOffset: this.blue.port - 443,
      certificateAuthority: this.certificates.authority,
      speed: 30,
      timeoutMs: 600_000,
      seed: 1,
      recordFile: join(this.folder, "traffic.ndjson"),
      ...changes,
    };
  }

  /** Of the core service's three classes, each changed alike. */
  streams(changes: Partial<TrafficStream> = {}): TrafficStream[] {
    const streams = streamsOf({ ratePerSecond: 100, services: ["users"], domain: "example.test" });
    return streams.map((stream) => ({ ...stream, clients: 2, ...changes }));
  }

  start(changes: Partial<TrafficSettings> = {}): void {
    this.#generator = new Generator(this.settings(changes), (message) => this.messages.push(message));
    this.#generator.start();
  }

  async stop(): Promise<TrafficSamples> {
    await this.#generator?.stop();
    return readSamples(this.settings().recordFile);
  }

  pointNamesAtGreen(): void {
    this.names.addresses = [GREEN];
  }

  async close(): Promise<void> {
    this.names.close();
    await Promise.all([this.blue.close(), this.green.close()]);
    await rm(this.folder, { recursive: true });
  }
}
