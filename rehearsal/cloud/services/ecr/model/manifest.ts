import { createHash } from "node:crypto";
import { z } from "zod";
import type { Image } from "../../../kernel/ports";

const manifest = z.strictObject({
  schemaVersion: z.literal(2),
  config: z.strictObject({
    Cmd: z.array(z.string()).min(1),
    WorkingDir: z.string(),
    Env: z.array(z.templateLiteral([z.string(), "=", z.string()])).default([]),
  }),
});

/**
 * What the rehearsal can run of an image: a command on this machine instead of layers.
 *
 * @throws Error when the manifest has no command, as the one of a real image has not
 */
export function readManifest(json: string): Image["config"] {
  const parsed = manifest.safeParse(parseJson(json));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "manifest"}: ${issue.message}`);
    throw new Error(
      `this image cannot run in the rehearsal, whose images are {"schemaVersion":2,"config":{"Cmd":[...],"WorkingDir":"...","Env":["A=b"]}}: ${faults.join("; ")}`,
    );
  }
  const { Cmd, WorkingDir, Env } = parsed.data.config;
  return {
    command: Cmd,
    workingDirectory: WorkingDir,
    environment: Object.fromEntries(Env.map((pair) => splitOnce(pair, "="))),
  };
}

/** `sha256:` and 64 digits, of the bytes as they were pushed. */
export function digestOf(json: string): string {
  return `sha256:${createHash("sha256").update(json).digest("hex")}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
