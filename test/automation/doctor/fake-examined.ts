import type { Examined } from "../../../automation/doctor/check";
import type { Account } from "../../../automation/ports/account";
import type { ExportedState } from "../../../automation/stack/exported-state";
import { parseSettings } from "../../../components/settings/settings";
import type { Scene } from "../deploy/scene";

const ACCOUNT = "111111111111";

/** Returns a stack in which every check is well. A test changes one part. The caller closes the scene. */
export function wellExamined(scene: Scene, changes: Partial<Examined> = {}): Examined {
  return {
    stack: "prod",
    settings: {
      settings: parseSettings({ domain: "example.jp", services: { users: { kind: "api" } } }),
      region: "ap-northeast-1",
      file: "Pulumi.prod.yaml",
    },
    outputs: async () => scene.stack.current,
    state: async () => exported(),
    store: async () => scene.store,
    account: wellAccount(),
    observer: scene.context.observer,
    environment: {},
    nowMs: 0,
    ...changes,
  };
}

export function exported(changes: Partial<NonNullable<ExportedState["deployment"]>> = {}): ExportedState {
  const outputs = { arn: "arn:cert", domainName: "example.jp", subjectAlternativeNames: ["*.example.jp"] };
  const urn = "urn:pulumi:prod::aoshingo::aws:acm/certificate:Certificate::domain-certificate";
  return {
    deployment: {
      resources: [{ urn, type: "aws:acm/certificate:Certificate", outputs }],
      secrets_providers: { type: "passphrase" },
      ...changes,
    },
  };
}

export function wellAccount(changes: Partial<Account> = {}): Account {
  return {
    caller: async () => ({ account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/me`, clockAheadMs: 0 }),
    quota: async () => 1000,
    hasLoadBalancers: async () => true,
    hasSecret: async () => true,
    certificate: async () => ({
      status: "ISSUED",
      names: ["example.jp", "*.example.jp"],
      expiresAtMs: 300 * 86_400_000,
      reason: "",
    }),
    zone: async () => ({ id: "Z1", nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.net"] }),
    recordTypes: async () => ({}),
    ...changes,
  };
}
