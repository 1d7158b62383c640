import { ask } from "./http";
import { keptText } from "./kept-text";
import type { Notification, Notifier } from "./notification";
import { slackBody, webhookBody } from "./texts";

/** POSTs each notification to an address that is kept elsewhere, as Slack wants it or as JSON. */
export class Webhook implements Notifier {
  readonly name: string;

  constructor(
    private readonly form: "slack" | "webhook",
    /** `env:`, `ssm:` or `secretsmanager:` and a name. */
    private readonly reference: string,
    private readonly region: string,
  ) {
    this.name = `${form} (${reference})`;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<void> {
    const address = await keptText(this.reference, this.region, signal);
    const body = this.form === "slack" ? slackBody(notification) : webhookBody(notification);
    await ask(address, { method: "POST", body, signal });
  }
}
