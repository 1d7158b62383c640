/** A network block as a number and a prefix length. */
interface Block {
  base: number;
  bits: number;
}

/**
 * Subnet blocks as awsx's strategy `Auto` gives them when no sizes are asked for: the network is split evenly among the zones, each zone's part evenly
 * among the subnets, both rounded up to a power of two. The result is by zone, then by subnet in the order of the specs.
 */
export function autoLayout(cidr: string, zones: number, subnetsPerZone: number): string[][] {
  const network = parseBlock(cidr);
  const zoneBits = network.bits + bitsFor(zones);
  const subnetBits = zoneBits + bitsFor(subnetsPerZone);
  const block = (zone: number, subnet: number) => ({
    base: network.base + zone * 2 ** (32 - zoneBits) + subnet * 2 ** (32 - subnetBits),
    bits: subnetBits,
  });
  return range(zones).map((zone) => range(subnetsPerZone).map((subnet) => blockText(block(zone, subnet))));
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count));
}

function parseBlock(cidr: string): Block {
  const [address = "", bits = ""] = cidr.split("/");
  return { base: address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0), bits: Number(bits) };
}

function blockText({ base, bits }: Block): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${bits}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
