import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";

export interface OidcProvider {
  arn: string;
  /** Without `https://`. */
  host: string;
  clientIds: string[];
  thumbprints: string[];
}

/** OpenID Connect providers. Each URL can have one (aws-rules I9). */
export class OidcProviders {
  readonly #byArn = new Map<string, OidcProvider>();

  constructor(private readonly context: CloudContext) {}

  create(url: string, clientIds: string[], thumbprints: string[]): OidcProvider {
    if (!url.startsWith("https://")) throw new AwsError("ValidationError", "Invalid Open ID Connect Provider URL");
    const host = url.slice("https://".length).replace(/\/$/, "");
    const arn = `arn:aws:iam::${this.context.accountId}:oidc-provider/${host}`;
    if (this.#byArn.has(arn)) throw new AwsError("EntityAlreadyExists", `Provider with url ${url} already exists.`);
    const provider: OidcProvider = { arn, host, clientIds, thumbprints };
    this.#byArn.set(arn, provider);
    return provider;
  }

  find(arn: string): OidcProvider | undefined {
    return this.#byArn.get(arn);
  }

  /** Returns the provider of an issuer's URL. */
  withUrl(url: string): OidcProvider | undefined {
    return [...this.#byArn.values()].find(({ host }) => `https://${host}` === url);
  }

  get(arn: string): OidcProvider {
    const provider = this.#byArn.get(arn);
    if (!provider) throw new AwsError("NoSuchEntity", `OpenIDConnect Provider not found for arn ${arn}`);
    return provider;
  }

  delete(arn: string): void {
    this.#byArn.delete(this.get(arn).arn);
  }
}
