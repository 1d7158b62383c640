import type { GitHub } from "./gh";
import { findMarked, marked, marker } from "./marked-text";

export interface CommentOptions {
  /** `owner/name`. */
  repository: string;
  pullRequest: number;
  stack: string;
  markdown: string;
  /** URL of the job's page. */
  runUrl: string;
}

/**
 * Writes the preview of a stack on a pull request: one comment per stack, which the first job creates and others edit.
 * @returns the URL of the comment
 */
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
