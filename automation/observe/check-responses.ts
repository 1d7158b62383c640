import type { HttpClient } from "../ports/responses";
import type { ExpectedResponse } from "./expected-responses";

/** Asked so often that round robin reaches every target of a usual service several times. */
const ASKED = 8;

/** Asks each question several times; one line for each that was not answered by an expected release every time. */
export async function checkResponses(answers: HttpClient, expected: readonly ExpectedResponse[]): Promise<string[]> {
  const faults = await Promise.all(expected.map((question) => faultOf(answers, question)));
  return faults.filter((fault) => fault !== null);
}

async function faultOf(answers: HttpClient, expected: ExpectedResponse): Promise<string | null> {
  for (let asked = 0; asked < ASKED; asked++) {
    try {
      const { status, release } = await answers.get(expected);
      if (status < 200 || status > 299) return `${expected.label} answers ${status}, wanted 2xx`;
      if (!expected.releases.includes(release))
        return `${expected.label} answers from release ${release || "(no x-release header)"}, wanted ${expected.releases.join(" or ")}`;
    } catch (error) {
      return `${expected.label} does not answer: ${(error as Error).message}`;
    }
  }
  return null;
}
