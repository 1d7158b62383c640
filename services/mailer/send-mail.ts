import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** As long as a mail server on the same network takes. */
const SENDING_MS = 20;

const text = z.string().min(1);
/** What to send, as a queue's message holds it in JSON. */
export const mailJob = z.object({ id: text, to: text, subject: text });

/**
 * Pretends to send: writes the mail and waits. A real one would be safe to repeat: a queue hands a message out at least once, sometimes twice.
 * @param withoutSubject leaves the subject out, as a bad release does
 * @returns the mail's size in bytes
 */
export async function sendMail({ id, to, subject }: z.infer<typeof mailJob>, withoutSubject = false): Promise<number> {
  const headers = [`Message-ID: <${id}@example.jp>`, `To: ${to}`, ...(withoutSubject ? [] : [`Subject: ${subject}`])];
  await sleep(SENDING_MS);
  return Buffer.byteLength(`${headers.join("\r\n")}\r\n\r\n`);
}
