/** Lets through who may change the stack. It keeps what the check threw: of an inline program's errors the engine hands back only the text. */
export class LeaseGuard {
  #refusal: { error: unknown } | null = null;

  constructor(private readonly check: () => Promise<void>) {}

  async pass(): Promise<void> {
    this.#refusal = null;
    try {
      await this.check();
    } catch (error) {
      this.#refusal = { error };
      throw error;
    }
  }

  /** @throws what the check threw */
  rethrow(): void {
    if (this.#refusal) throw this.#refusal.error;
  }
}
