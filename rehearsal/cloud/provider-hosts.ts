import type { Cloud } from "./cloud";
import type { Endpoint } from "./kernel/endpoint";
import { Provider } from "./provider/provider";

/**
 * The `aws` provider for each of those who run it. An engine starts its provider with its own environment, so with its
 * keys; a provider that an engine only attaches to cannot know them, so each key has a port of its own.
 */
export class ProviderHosts implements Endpoint {
  readonly #byKey = new Map<string, Promise<{ provider: Provider; port: number }>>();

  /** @param address to listen on */
  constructor(
    private readonly cloud: Pick<Cloud, "types" | "functions" | "context" | "authorisation">,
    private readonly address: string,
  ) {}

  /**
   * Returns the port of the provider that has this key.
   * @throws AwsError for a key that nobody has
   */
  async port(accessKeyId: string): Promise<number> {
    let host = this.#byKey.get(accessKeyId);
    if (!host) {
      host = this.#start(accessKeyId);
      this.#byKey.set(accessKeyId, host);
    }
    return (await host).port;
  }

  goAway(): Promise<void> {
    return this.#each((provider) => provider.goAway());
  }

  comeBack(): Promise<void> {
    return this.#each((provider) => provider.comeBack());
  }

  close(): Promise<void> {
    return this.#each((provider) => provider.close());
  }

  async #start(accessKeyId: string): Promise<{ provider: Provider; port: number }> {
    const { context } = this.cloud;
    const provider = new Provider({
      types: this.cloud.types(accessKeyId),
      functions: this.cloud.functions(accessKeyId),
      region: context.region,
    });
    return { provider, port: await provider.listen(this.address) };
  }

  async #each(act: (provider: Provider) => Promise<void>): Promise<void> {
    await Promise.all([...this.#byKey.values()].map(async (host) => act((await host).provider)));
  }
}
