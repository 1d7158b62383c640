import type { HttpClient } from "../ports/http-client";
import type { ExpectedResponse } from "./expected-responses";

/** How often each request is sent: round robin then reaches every target of a usual service several times. */
const REQUESTS = 8;
/**
 * How often it is sent at least to each address of a load balancer. Each address is a node, which follows a change of
 * rules at a moment of its own (aws-rules E24) and takes turns among the targets by itself.
 */
const REQUESTS_PER_ADDRESS = 4;

/**
 * Sends each request several times, and through a load balancer to every address that DNS has of it: a single address
 * would show one node, and its clients use all of them. Returns one line for each request that an expected release did
 * not answer every time.
 */
export async function checkResponses(client: HttpClient, expected: readonly ExpectedResponse[]): Promise<string[]> {
  const problems = await Promise.all(expected.map((one) => problemOf(client, one)));
  return problems.filter((problem) => problem !== null);
}

async function problemOf(client: HttpClient, expected: ExpectedResponse): Promise<string | null> {
  const { via, label } = expected;
  try {
    // By the name alone, requests go where a usual client's go, and a name that is missing is noticed.
    const addresses = via === null ? [] : await client.addresses(via);
    if (addresses.length === 0) return await problemAt(client, expected, undefined, REQUESTS);
    const requests = Math.max(REQUESTS_PER_ADDRESS, Math.ceil(REQUESTS / addresses.length));
    const problems = await Promise.all(addresses.map((address) => problemAt(client, expected, address, requests)));
    return problems.find((problem) => problem !== null) ?? null;
  } catch (error) {
    return `${label} cannot be resolved: ${(error as Error).message}`;
  }
}

async function problemAt(
  client: HttpClient,
  expected: ExpectedResponse,
  address: string | undefined,
  requests: number,
): Promise<string | null> {
  const label = address === undefined ? expected.label : `${expected.label} at ${address}`;
  for (let sent = 0; sent < requests; sent++) {
    try {
      const { status, release } = await client.get(address === undefined ? expected : { ...expected, address });
      if (status < 200 || status > 299) return `${label} answers ${status}, wanted 2xx`;
      if (!expected.releases.includes(release))
        return `${label} answers from release ${release || "(no x-release header)"}, wanted ${expected.releases.join(" or ")}`;
    } catch (error) {
      return `${label} does not answer: ${(error as Error).message}`;
    }
  }
  return null;
}
