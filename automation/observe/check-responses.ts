import type { HttpClient } from "../ports/http-client";
import type { ExpectedResponse } from "./expected-responses";

/** How often each request is sent: round robin then reaches every target of a usual service several times. */
const REQUESTS = 8;

/** Sends each request several times. Returns one line for each that an expected release did not answer every time. */
export async function checkResponses(client: HttpClient, expected: readonly ExpectedResponse[]): Promise<string[]> {
  const problems = await Promise.all(expected.map((one) => problemOf(client, one)));
  return problems.filter((problem) => problem !== null);
}

async function problemOf(client: HttpClient, expected: ExpectedResponse): Promise<string | null> {
  for (let sent = 0; sent < REQUESTS; sent++) {
    try {
      const { status, release } = await client.get(expected);
      if (status < 200 || status > 299) return `${expected.label} answers ${status}, wanted 2xx`;
      if (!expected.releases.includes(release))
        return `${expected.label} answers from release ${release || "(no x-release header)"}, wanted ${expected.releases.join(" or ")}`;
    } catch (error) {
      return `${expected.label} does not answer: ${(error as Error).message}`;
    }
  }
  return null;
}
