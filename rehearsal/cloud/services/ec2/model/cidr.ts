import { IPv4 } from "ipaddr.js";

/** A CIDR block of IPv4 addresses. */
export class Cidr {
  readonly #network: IPv4;

  private constructor(
    network: IPv4,
    /** Prefix length: the bits of the network part, 0 to 32. */
    readonly bits: number,
  ) {
    this.#network = network;
  }

  /** Returns undefined unless the text is `a.b.c.d/n`. Drops the bits after the network part, as EC2 does. */
  static parse(text: string): Cidr | undefined {
    if (!IPv4.isValidCIDRFourPartDecimal(text)) return undefined;
    const [, bits] = IPv4.parseCIDR(text);
    return new Cidr(IPv4.networkAddressFromCIDR(text), bits);
  }

  /** Number of addresses. */
  get size(): number {
    return 2 ** (32 - this.bits);
  }

  contains(other: Cidr): boolean {
    return this.bits <= other.bits && other.#network.match(this.#network, this.bits);
  }

  overlaps(other: Cidr): boolean {
    return this.contains(other) || other.contains(this);
  }

  /** @param index 0 for the block's first address; below `size` */
  address(index: number): string {
    const bytes = this.#network.toByteArray();
    return new IPv4(bytes.map((byte, position) => byte | ((index >>> (24 - 8 * position)) & 255))).toString();
  }

  toString(): string {
    return `${this.#network}/${this.bits}`;
  }
}
