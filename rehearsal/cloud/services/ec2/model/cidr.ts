/** A block of IPv4 addresses. */
export class Cidr {
  private constructor(
    /** The block's first address as a number. */
    readonly first: number,
    /** Length of the network part, 0 to 32. */
    readonly bits: number,
  ) {}

  /** @returns undefined unless the text is `a.b.c.d/n`; bits after the network part are dropped, as EC2 does */
  static parse(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) return undefined;
    const bits = Number(match[5]);
    const bytes = match.slice(1, 5).map(Number);
    if (bits > 32 || bytes.some((byte) => byte > 255)) return undefined;
    const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    return new Cidr(address - (address % 2 ** (32 - bits)), bits);
  }

  /** Number of addresses. */
  get size(): number {
    return 2 ** (32 - this.bits);
  }

  contains(other: Cidr): boolean {
    return this.first <= other.first && other.first + other.size <= this.first + this.size;
  }

  overlaps(other: Cidr): boolean {
    return this.contains(other) || other.contains(this);
  }

  /** @param index 0 for the first one */
  address(index: number): string {
    const value = this.first + index;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
  }

  toString(): string {
    return `${this.address(0)}/${this.bits}`;
  }
}
