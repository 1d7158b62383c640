import type { GitHub } from "./gh";
import { findMarked, marked, marker } from "./marked";

export interface CommentOptions {
  /** `owner/name`. */
  repository: string;
  pullRequest: number;
  stack: string;
  markdown: string;
  /** Page of the job. */
  runUrl: string;
}

/** The one comment on a pull request about a stack: written by the first job, edited in place by the next ones. @returns its page */
export async function writeComment(github: GitHub, options: CommentOptions): Promise<string> {
  const { repository, pullRequest, stack, markdown, runUrl } = options;
  const mark = marker("preview", stack);
  const body = marked(mark, markdown, runUrl);
  const comments = `repos/${repository}/issues/${pullRequest}/comments`;
  const before = findMarked(mark, await github.list(`${comments}?per_page=100`));
  const written = before
    ? await github.send("PATCH", `repos/${repository}/issues/comments/${before.id}`, { body })
    : await github.send("POST", comments, { body });
  return String(written.html_url);
}
