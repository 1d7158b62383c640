import ipaddr from "ipaddr.js";

/** A network block as a number and a prefix length. */
interface Block {
  base: number;
  bits: number;
}

/**
 * The blocks of the subnets by awsx's strategy `Auto` without sizes: the network is split evenly among the zones, and
 * each zone's part evenly among its subnets, both rounded up to a power of two.
 * @returns the blocks by zone, then by subnet in the order of the specs
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
  const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
  return { base: address.octets.reduce((sum, octet) => sum * 256 + octet, 0), bits };
}

function blockText({ base, bits }: Block): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${new ipaddr.IPv4(octets)}/${bits}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
