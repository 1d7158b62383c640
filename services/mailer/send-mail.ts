import { setTimeout as sleep } from "node:timers/promises";
import type { MailJob } from "./mail-job";

/** As long as a mail server on the same network takes. */
const SENDING_MS = 20;

/**
 * Pretends to send: writes the mail and waits. A real one would be safe to repeat, since a queue gives a job out at least once, sometimes twice.
 * @param withoutSubject leaves the subject out, as a bad release does
 * @returns bytes of the mail
 */
export async function sendMail({ id, to, subject }: MailJob, withoutSubject = false): Promise<number> {
  const headers = [`Message-ID: <${id}@example.jp>`, `To: ${to}`, ...(withoutSubject ? [] : [`Subject: ${subject}`])];
  await sleep(SENDING_MS);
  return Buffer.byteLength(`${headers.join("\r\n")}\r\n\r\n`);
}
