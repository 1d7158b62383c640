import { nowMs } from "./clock";
import type { DnsObserver, NameServers } from "./dns";
import { MissingName } from "./failure";

export interface ResolverSettings {
  hostName: string;
  /** Whether an answer expires after its TTL; if not, the first one stays for ever. */
  followsTtl: boolean;
  /**
   * The part of the first answer's TTL that is left, from 0 to 1, as if other clients had asked the same resolver
   * before. Without it all clients would ask again in step, and it would be luck whether a deploy affects them.
   */
  firstTtlLeft: number;
  /** AWS seconds per real second: a TTL of 60 is over after `60 / speed` real seconds. */
  speed: number;
}

/**
 * The resolver cache of one client. It remembers that a name is missing as resolvers do (aws-rules R12), and no other
 * failure: then the next request asks again.
 */
export class ResolverCache {
  readonly #nameServers: NameServers;
  readonly #settings: ResolverSettings;
  readonly #observe: DnsObserver;
  #addresses: string[] = [];
  #expiresAtMs = Number.NEGATIVE_INFINITY;
  #ttlLeft: number;
  #missing: { name: MissingName; untilMs: number } | null = null;
  #question: Promise<string[]> | null = null;

  constructor(nameServers: NameServers, settings: ResolverSettings, observe: DnsObserver) {
    this.#nameServers = nameServers;
    this.#settings = settings;
    this.#observe = observe;
    this.#ttlLeft = settings.firstTtlLeft;
  }

  /** The answer if it is still valid, else null. */
  get valid(): string[] | null {
    return nowMs() < this.#expiresAtMs ? this.#addresses : null;
  }

  /** The valid answer, or a new one; requests share a question that is under way. It fails as `NameServers` does. */
  resolve(): Promise<string[]> {
    if (this.valid) return Promise.resolve(this.valid);
    if (this.#missing && nowMs() < this.#missing.untilMs) return Promise.reject(this.#missing.name);
    this.#question ??= this.#ask().finally(() => {
      this.#question = null;
    });
    return this.#question;
  }

  async #ask(): Promise<string[]> {
    const { hostName, followsTtl, speed } = this.#settings;
    const { addresses, ttlSeconds } = await this.#nameServers.addressesOf(hostName, this.#observe).catch((error) => {
      if (error instanceof MissingName)
        this.#missing = { name: error, untilMs: nowMs() + (error.ttlSeconds * 1000) / speed };
      throw error;
    });
    this.#addresses = addresses;
    this.#expiresAtMs = followsTtl ? nowMs() + (ttlSeconds * 1000 * this.#ttlLeft) / speed : Number.POSITIVE_INFINITY;
    this.#ttlLeft = 1;
    return addresses;
  }
}
