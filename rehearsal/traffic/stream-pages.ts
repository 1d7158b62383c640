import type { SecureContext } from "node:tls";
import { seededRandom } from "../seeded-random";
import { Dialer } from "./dial";
import type { NameServers } from "./dns";
import type { Recorder } from "./recorder";
import { ResolverCache } from "./resolver-cache";
import { StreamPage } from "./stream-page";
import { type OpenStreams, STREAM_PROTOCOLS, type TrafficSettings } from "./types";

/** Real milliseconds in which all pages are opened. */
const OPENING_MS = 5_000;
/** AWS seconds: the load balancers' idle timeout, after which a silent stream is cut (aws-rules E36). */
const IDLE_SECONDS = 60;
/** The rehearsal's load balancers give each stream at least so many real seconds (rehearsal/cloud/data-plane/load-balancer/time-limit.ts). */
const LEAST_IDLE_SECONDS = 8;
/** The part of the idle timeout after which a service says something. */
const PING_SHARE = 0.4;
/**
 * The part of the idle timeout after which a page leaves a streaming call of the health service at the latest: that says
 * nothing while the service is well.
 */
const SILENCE_SHARE = 0.8;
/** The part of the pages that stay open for ever. */
const STAYING_SHARE = 0.5;
/** Pages that share a resolver, as people in one place do: it asks once for all of them. */
const PAGES_PER_RESOLVER = 50;
/** Far from the seeds of the requests' clients. */
const FIRST_SEED = 1_000_000;

/** All pages that keep streams open. */
export class StreamPages {
  readonly #pages: StreamPage[];

  constructor(
    openStreams: OpenStreams,
    { seed, speed, portOffset }: Pick<TrafficSettings, "seed" | "speed" | "portOffset">,
    parts: { port: number; secureContext: SecureContext; nameServers: NameServers; recorder: Recorder },
  ) {
    const { service, hostName, pages, staySeconds, reconnectSpeed = 1 } = openStreams;
    const idleSeconds = Math.max(LEAST_IDLE_SECONDS, IDLE_SECONDS / speed);
    const pingSeconds = PING_SHARE * idleSeconds;
    const target = { hostName, port: parts.port + portOffset, secureContext: parts.secureContext };
    const resolvers: ResolverCache[] = [];
    const resolverOf = (page: number): ResolverCache => {
      const place = Math.floor(page / PAGES_PER_RESOLVER);
      resolvers[place] ??= new ResolverCache(
        parts.nameServers,
        { hostName, speed, followsTtl: true, firstTtlLeft: seededRandom(seed + FIRST_SEED + place)() },
        () => {},
      );
      return resolvers[place];
    };
    let created = 0;
    this.#pages = STREAM_PROTOCOLS.flatMap((protocol, kind) =>
      Array.from({ length: pages[protocol]?.count ?? 0 }, (_, number) => {
        const random = seededRandom(seed + FIRST_SEED * (kind + 1) + number);
        const stays = random() < STAYING_SHARE;
        const dialer = new Dialer(target);
        const path = pages[protocol]!.path;
        return new StreamPage({
          ...{ service, protocol, random, speed, reconnectSpeed, dialer },
          url: new URL(protocol === "grpc" ? path : `${path}?every=${pingSeconds}`, dialer.origin),
          resolver: resolverOf(created++),
          staySeconds: () => {
            if (protocol === "grpc") return SILENCE_SHARE * idleSeconds * speed * (0.5 + random() / 2);
            return stays ? null : staySeconds * 2 * random();
          },
          ended: (sample) => parts.recorder.add(sample),
        });
      }),
    );
  }

  start(): void {
    for (const [number, page] of this.#pages.entries()) page.start((number * OPENING_MS) / this.#pages.length);
  }

  /** Closes all streams, which are recorded then. */
  async close(): Promise<void> {
    await Promise.all(this.#pages.map((page) => page.close()));
  }
}
