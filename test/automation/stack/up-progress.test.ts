import type { EngineEvent } from "@pulumi/pulumi/automation";
import { assert } from "chai";
import { UpProgress } from "../../../automation/stack/up-progress";

const GROUP = "aws:autoscaling/group:Group";
const RULE = "aws:lb/listenerRule:ListenerRule";

function begun(name: string, type: string, op = "update"): EngineEvent {
  return { resourcePreEvent: { metadata: { urn: urn(name, type), type, op } } } as EngineEvent;
}

function ended(name: string, type: string): EngineEvent {
  return { resOutputsEvent: { metadata: { urn: urn(name, type), type } } } as EngineEvent;
}

function urn(name: string, type: string): string {
  return `urn:pulumi:prod::aoshingo::${type}::${name}`;
}

describe("UpProgress", () => {
  let progress: UpProgress;
  let nowMs: number;
  const take = (...events: EngineEvent[]) => {
    for (const event of events) progress.take(event);
  };
  beforeEach(() => {
    nowMs = 0;
    progress = new UpProgress(
      () => {},
      () => nowMs,
    );
  });

  it("says what is done and what is in progress; unchanged resources do not count", () => {
    take(begun("a", RULE), begun("b", RULE), begun("c", RULE), begun("d", RULE, "same"));
    assert.equal(progress.line(), "0 done; update lb/listenerRule a, update lb/listenerRule b and 1 more");
    take(ended("a", RULE), ended("b", RULE), ended("c", RULE), ended("d", RULE));
    assert.equal(progress.line(), "3 done");
  });

  it("tells each line once: resources that stay as they are say nothing new", () => {
    const lines: string[] = [];
    const told = new UpProgress((line) => lines.push(line));
    for (const event of [
      begun("s", RULE, "same"),
      ended("s", RULE),
      begun("a", RULE),
      ended("s", RULE),
      ended("a", RULE),
    ])
      told.take(event);
    assert.deepEqual(lines, ["0 done", "0 done; update lb/listenerRule a", "1 done"]);
  });

  it("counts the time of waiting for groups and records, once where waits overlap", () => {
    take(begun("rule", RULE), begun("one", GROUP));
    nowMs = 60_000;
    take(begun("two", GROUP), ended("one", GROUP));
    nowMs = 130_000;
    take(ended("two", GROUP));
    nowMs = 200_000;
    take(ended("rule", RULE));
    assert.equal(progress.waitedSeconds, 130);
  });

  it("keeps the engine's errors as plain lines that name the resource", () => {
    const message = "<{%reset%}>creating group:\n  no capacity<{%reset%}>\n";
    take({ diagnosticEvent: { severity: "error", message, urn: urn("users-green-group", GROUP) } } as EngineEvent);
    take({ diagnosticEvent: { severity: "warning", message: "old" } } as EngineEvent);
    assert.deepEqual(progress.errors, ["users-green-group: creating group: no capacity"]);
  });

  it("keeps errors of the program itself as they are", () => {
    const urn = "urn:pulumi:prod::aoshingo::pulumi:pulumi:Stack::aoshingo-prod";
    take({ diagnosticEvent: { severity: "error", message: "aoshingo:domain: given 1\n", urn } } as EngineEvent);
    assert.deepEqual(progress.errors, ["aoshingo:domain: given 1"]);
  });

  it("keeps the resources of AWS that were changed", () => {
    const done = (name: string, type: string, op: string) =>
      ({
        resOutputsEvent: { metadata: { urn: urn(name, type), type, op, new: { custom: type.startsWith("aws:") } } },
      }) as EngineEvent;
    take(done("a", RULE, "update"), done("b", RULE, "same"), done("c", "aoshingo:edge:Edge", "create"));
    assert.deepEqual(progress.resources, [{ operation: "update", urn: urn("a", RULE) }]);
  });

  it("keeps the operations that failed, of resources of AWS", () => {
    const failed = (name: string, type: string, op: string) => {
      const resource = { urn: urn(name, type), type, custom: true };
      return {
        resOpFailedEvent: { metadata: { ...resource, op, new: resource }, status: 2, steps: 0 },
      } as unknown as EngineEvent;
    };
    take(failed("a", GROUP, "update"), failed("b", RULE, "create"), failed("c", RULE, "read"));
    take(failed("d", "pulumi:providers:aws", "update"));
    assert.deepEqual(
      progress.failed.map(({ type, resource }) => [type, resource.urn]),
      [
        ["updating", urn("a", GROUP)],
        ["creating", urn("b", RULE)],
      ],
    );
  });

  it("keeps the summary's counts", () => {
    take({ summaryEvent: { resourceChanges: { update: 2, same: 80 } } } as unknown as EngineEvent);
    assert.deepEqual(progress.changes, { update: 2, same: 80 });
  });
});
