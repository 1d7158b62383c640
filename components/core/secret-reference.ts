/**
 * Where a value is kept, by a reference such as `ssm:/prod/token`, `secretsmanager:prod/token` or `env:HOOK`: the store is
 * what stands before the first colon. Both are "" for a text of another form.
 */
export function parseReference(reference: string): { store: string; name: string } {
  const [, store = "", name = ""] = /^(\w+):(.+)$/.exec(reference) ?? [];
  return { store, name };
}
