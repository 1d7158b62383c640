import type { SecretReader } from "../ports/secret-reader";
import { requestJson } from "./http";
import type { Notification, Notifier } from "./notification";
import { slackBody, webhookBody } from "./texts";

/** POSTs each notification as JSON to an address that is stored elsewhere, in Slack's format or in one of its own. */
export class Webhook implements Notifier {
  readonly name: string;

  constructor(
    private readonly form: "slack" | "webhook",
    /** Names the address: `env:NAME`, `ssm:<name>` or `secretsmanager:<name>`. */
    private readonly reference: string,
    private readonly secretReader: SecretReader,
  ) {
    this.name = `${form} (${reference})`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<void> {
    const address = await this.secretReader.value(this.reference, signal);
    const body = this.form === "slack" ? slackBody(notification) : webhookBody(notification);
    await requestJson(address, { method: "POST", body, signal });
  }
}
