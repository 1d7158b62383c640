import type { Reply } from "../protocols/service";
import type { GitHubIssuer, Job } from "../services/sts/model/web-identity";

/** Where a job gets its token, as from the URL that GitHub puts into ACTIONS_ID_TOKEN_REQUEST_URL. */
export const TOKEN_PATH = "/github/token";

/**
 * Returns the URL at which a job gets its token.
 * @param endpoint the cloud's AWS_ENDPOINT_URL
 */
export function tokenUrl(endpoint: string, { repository, ids, environment, ref }: Job): string {
  const query = new URLSearchParams({
    repository,
    ...(ids ? { owner_id: String(ids.owner), repository_id: String(ids.repository) } : {}),
    ...(environment === undefined ? {} : { environment }),
    ...(ref === undefined ? {} : { ref }),
  });
  return `${endpoint}${TOKEN_PATH}?${query}`;
}

/** Answers a request for a token in GitHub's form: `{ "value": "<JWT>" }`. */
export async function tokenAnswer(url: string, gitHub: GitHubIssuer): Promise<Reply> {
  const query = new URL(url, "http://github").searchParams;
  const ids = { owner: Number(query.get("owner_id")), repository: Number(query.get("repository_id")) };
  const [environment, ref] = [query.get("environment"), query.get("ref")];
  const job: Job = {
    repository: query.get("repository") ?? "",
    ...(query.has("owner_id") ? { ids } : {}),
    ...(environment === null ? {} : { environment }),
    ...(ref === null ? {} : { ref }),
  };
  const value = await gitHub.token(job, query.get("audience") ?? `https://github.com/${job.repository.split("/")[0]}`);
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ value }) };
}
