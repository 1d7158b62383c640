import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { type DecodedPacket, decode, encode, RECURSION_DESIRED } from "dns-packet";
import { negativeTtlSeconds } from "../../../negative-ttl";

export interface NameServerAddress {
  address: string;
  port: number;
}

/** A name server's answer to a question for A records. */
export interface QueryResult {
  /** The response code, such as NOERROR, NXDOMAIN or REFUSED; TIMEOUT if no server answered. */
  code: string;
  addresses: string[];
  /** AWS seconds for which a resolver remembers that there is no address (RFC 2308; aws-rules R12). */
  negativeTtlSeconds: number;
}

const ATTEMPTS = 2;

/**
 * Asks a name server for a name's A records over UDP, with a socket of its own.
 * @param timeoutMs real milliseconds for each of two attempts
 */
export async function queryAddresses(server: NameServerAddress, name: string, timeoutMs: number): Promise<QueryResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const result = await queryOnce(server, name, timeoutMs);
    if (result) return result;
  }
  return { code: "TIMEOUT", addresses: [], negativeTtlSeconds: 0 };
}

function queryOnce(server: NameServerAddress, name: string, timeoutMs: number): Promise<QueryResult | undefined> {
  const id = randomInt(65_536);
  const socket = createSocket("udp4");
  return new Promise<QueryResult | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const end = (result: QueryResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    // An unreachable port shows as an error of the socket; the timeout handles it.
    socket.on("error", () => undefined);
    socket.on("message", (message) => {
      const packet = packetOf(message);
      if (packet?.id === id) end(resultOf(packet));
    });
    const question = encode({ type: "query", id, flags: RECURSION_DESIRED, questions: [{ type: "A", name }] });
    socket.send(question, server.port, server.address);
  }).finally(() => socket.close());
}

/** Undefined for what is no packet of DNS: late ones for the port's former owner come, too. */
function packetOf(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function resultOf(packet: DecodedPacket): QueryResult {
  // The types of dns-packet lack the response code.
  const { rcode: code } = packet as DecodedPacket & { rcode: string };
  const addresses = (packet.answers ?? []).flatMap((answer) => (answer.type === "A" ? [answer.data] : []));
  return { code, addresses, negativeTtlSeconds: negativeTtlSeconds(packet) };
}
