import type { IncomingMessage } from "node:http";
import { BadRequest } from "./bad-request";

const MAX_BODY_BYTES = 64 * 1024;

/** Reads the whole body as UTF-8. Throws BadRequest (413) as soon as it is over the limit, with the rest unread. */
export async function requestBody(request: IncomingMessage): Promise<string> {
  if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not `for await`: leaving that loop destroys the request, and with it the socket the answer needs.
  await new Promise<void>((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on("end", resolve);
    request.on("error", reject);
  });
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(): BadRequest {
  // The unread rest makes the connection useless for another request.
  return new BadRequest(413, `the body must be at most ${MAX_BODY_BYTES} bytes`, { connection: "close" });
}
