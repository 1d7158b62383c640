import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A registry of npm on this machine that knows one version of the package `aoshingo`, by its metadata alone. */
export class NpmRegistry {
  private constructor(
    /** What makes npm use it, and nothing of this machine's own settings and cache. */
    readonly environment: Record<string, string>,
    /** What it was asked for, such as `GET /aoshingo`. */
    readonly requests: string[],
    readonly stop: () => Promise<void>,
  ) {}

  static async start(version: string): Promise<NpmRegistry> {
    const requests: string[] = [];
    const server = createServer(({ method, url, headers }, response) => {
      requests.push(`${method} ${url}`);
      if (url !== "/aoshingo") return void response.writeHead(404).end("{}");
      const dist = { tarball: `http://${headers.host}/aoshingo-${version}.tgz`, integrity: "sha512-AA==" };
      const versions = { [version]: { name: "aoshingo", version, bin: { aoshingo: "aoshingo.js" }, dist } };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ name: "aoshingo", "dist-tags": { latest: version }, versions }));
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const folder = await mkdtemp(join(tmpdir(), "aoshingo-npm-"));
    // npm refuses one file for both.
    for (const file of ["user", "global"]) await writeFile(join(folder, file), "");
    const environment = {
      npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      npm_config_cache: join(folder, "cache"),
      npm_config_userconfig: join(folder, "user"),
      npm_config_globalconfig: join(folder, "global"),
      // Under `npm run --silent`, as in CI, npm would say nothing.
      npm_config_loglevel: "notice",
    };
    return new NpmRegistry(environment, requests, async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(folder, { recursive: true });
    });
  }
}
