import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Calls `onDate` with each answer's Date header: the service's own time in Unix milliseconds, in whole seconds; NaN where an answer has none. An
 * error's answer counts, too.
 * @param to a client of any service, or one command
 */
export function onAnswerDate(to: { middlewareStack: object }, onDate: (atMs: number) => void): void {
  // Each service's clients have a type of their own for what goes through; here nothing of it is looked at.
  const stack = to.middlewareStack as S3Client["middlewareStack"];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      onDate(Date.parse(headers.date ?? ""));
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
}
