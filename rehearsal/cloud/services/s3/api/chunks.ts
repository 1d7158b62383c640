import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../../../kernel/aws-error";

/**
 * Returns a body without the chunks of `aws-chunked`, the form in which SDKs send streams and checksums at the end:
 * `<hex length>[;chunk-signature=...]`, the bytes, and after the last chunk, which is empty, trailing headers.
 * @throws AwsError IncompleteBody
 */
export function decodeChunks(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const isChunked =
    headers["content-encoding"]?.includes("aws-chunked") ||
    String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
  if (!isChunked) return body;
  const chunks: Buffer[] = [];
  for (let place = 0; ; ) {
    const endOfLine = body.indexOf("\r\n", place);
    const length = Number.parseInt(body.toString("latin1", place, endOfLine), 16);
    if (endOfLine < 0 || Number.isNaN(length)) {
      throw new AwsError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
      );
    }
    if (length === 0) return Buffer.concat(chunks);
    const start = endOfLine + 2;
    chunks.push(body.subarray(start, start + length));
    place = start + length + 2;
  }
}
