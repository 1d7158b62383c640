import { StepFailed } from "../core/errors";
import { type HttpClient, type HttpResponse, RELEASE_HEADER } from "../ports/http-client";
import type { ExpectedResponse } from "./expected-responses";

/** How often each request is sent: round robin then reaches every target of a usual service several times. */
const REQUESTS = 8;
/**
 * How often it is sent at least to each address of a load balancer. Each address is a node, which follows a change of
 * rules at a moment of its own (aws-rules E24) and takes turns among the targets by itself.
 */
const REQUESTS_PER_ADDRESS = 4;

/** What was heard of a service's names. */
export interface Responses {
  /** One line for each request that an expected release did not answer every time. */
  problems: string[];
  /** True if an answer did not say which release it is from: the service sends no x-release header. */
  isUnnamed: boolean;
}

/**
 * Sends each request several times, and through a load balancer to every address that DNS has of it: a single address
 * would show one node, and its clients use all of them. An answer without x-release counts as one of an expected release:
 * what AWS says of targets and rules has to show the rest (check-rules.ts).
 * @param isBack on the way back an x-release header that no release of the service can have counts as none: nothing better is
 * to be had by refusing it
 * @throws StepFailed for such a header otherwise, because waiting does not change it
 */
export async function checkResponses(
  client: HttpClient,
  expected: readonly ExpectedResponse[],
  isBack = false,
): Promise<Responses> {
  const heard = await Promise.all(expected.map((one) => answersOf(client, one, isBack)));
  return { problems: heard.flatMap(({ problems }) => problems), isUnnamed: heard.some(({ isUnnamed }) => isUnnamed) };
}

async function answersOf(client: HttpClient, expected: ExpectedResponse, isBack: boolean): Promise<Responses> {
  const { url, via, label } = expected;
  let addresses: string[];
  try {
    // By the name alone, requests go where a usual client's go, and a name that is missing is noticed.
    addresses = via === null ? [] : await client.addresses(via, url);
  } catch (error) {
    return { problems: [`${label} cannot be resolved: ${(error as Error).message}`], isUnnamed: false };
  }
  if (addresses.length === 0) return heardAt(client, expected, isBack, REQUESTS);
  const requests = Math.max(REQUESTS_PER_ADDRESS, Math.ceil(REQUESTS / addresses.length));
  const heard = await Promise.all(addresses.map((address) => heardAt(client, expected, isBack, requests, address)));
  return {
    problems: heard.flatMap(({ problems }) => problems).slice(0, 1),
    isUnnamed: heard.some(({ isUnnamed }) => isUnnamed),
  };
}

async function heardAt(
  client: HttpClient,
  expected: ExpectedResponse,
  isBack: boolean,
  requests: number,
  address?: string,
): Promise<Responses> {
  const label = address === undefined ? expected.label : `${expected.label} at ${address}`;
  const wanted = expected.releases.join(" or ");
  let isUnnamed = false;
  const problem = (text: string) => ({ problems: [`${label} ${text}`], isUnnamed });
  for (let sent = 0; sent < requests; sent++) {
    let answer: HttpResponse;
    try {
      answer = await client.get(address === undefined ? expected : { ...expected, address });
    } catch (error) {
      return problem(`does not answer: ${(error as Error).message}`);
    }
    const { status, release, grpcError } = answer;
    if (status < 200 || status > 299) return problem(`answers ${status}, wanted 2xx`);
    if (grpcError !== undefined) return problem(`answers ${grpcError}, wanted 0 OK`);
    const isKnown = expected.known.includes(release);
    if (release === "" || (isBack && !isKnown)) isUnnamed = true;
    else if (!isKnown)
      throw new StepFailed(
        `${label} answers with the header ${RELEASE_HEADER}: ${release}, wanted ${wanted}: send the value of the variable RELEASE in it, or leave the header out`,
      );
    else if (!expected.releases.includes(release)) return problem(`answers from release ${release}, wanted ${wanted}`);
  }
  return { problems: [], isUnnamed };
}
