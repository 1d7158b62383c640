import { createHash } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../../../../../components/core/parse-json";
import type { Image } from "../../../kernel/ports";

const manifest = z.strictObject({
  schemaVersion: z.literal(2),
  architecture: z.enum(["amd64", "arm64"]).optional(),
  docker: z.boolean().default(false),
  directory: z.string().optional(),
  config: z.strictObject({
    Entrypoint: z.array(z.string()).default([]),
    Cmd: z.array(z.string()).min(1),
    WorkingDir: z.string(),
    Env: z.array(z.templateLiteral([z.string(), "=", z.string()])).default([]),
    Volumes: z.record(z.string(), z.object({})).default({}),
  }),
});

/**
 * Reads the manifest of an image, which in the rehearsal is a command on this machine instead of layers.
 *
 * @throws Error if the manifest has no command, as that of a real image
 */
export function readManifest(json: string): Image["config"] {
  const parsed = manifest.safeParse(parseJson(json));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "manifest"}: ${issue.message}`);
    throw new Error(
      `this image cannot run in the rehearsal, whose images are {"schemaVersion":2,"config":{"Cmd":[...],"WorkingDir":"...","Env":["A=b"]}}: ${problems.join("; ")}`,
    );
  }
  const { architecture, docker, directory } = parsed.data;
  const { Entrypoint, Cmd, WorkingDir, Env, Volumes } = parsed.data.config;
  return {
    architecture,
    docker,
    directory: directory ?? WorkingDir,
    entryPoint: Entrypoint,
    command: Cmd,
    workingDirectory: WorkingDir,
    environment: Object.fromEntries(Env.map((pair) => splitOnce(pair, "="))),
    volumes: Object.keys(Volumes),
  };
}

/** Returns the digest of the pushed bytes: `sha256:` and 64 digits. */
export function digestOf(json: string): string {
  return `sha256:${createHash("sha256").update(json).digest("hex")}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
