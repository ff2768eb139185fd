import { spawn } from "node:child_process"
import { createWriteStream } from "node:fs"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(fileURLToPath(import.meta.url), "../../../../..")
/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set()
// Also when a test file ends early.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")))
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(1))

/** The service as a process, in memory or with jobs in a file. */
export class Service {
  /**
   * Starts a service.
   *
   * @param {{ isKept?: boolean, env?: Record<string, string> }} [options] - `isKept`: jobs are in a file.
   */
  static async start(options = {}) {
    const service = new Service()
    service.directory = await mkdtemp(join(tmpdir(), "jobs-client-"))
    service.port = await freePort()
    service.url = `http://127.0.0.1:${service.port}`
    service.env = {
      ...(options.isKept ? { FILE_ENABLED: "1", FILE_PATH: join(service.directory, "jobs.json") } : {}),
      ...options.env,
    }
    // Without cleaning, as tests look at completed jobs.
    const config = await readFile(join(root, "config/config.yml"), "utf8")
    service.config = join(service.directory, "config.yml")
    await writeFile(service.config, config.replace("clean_interval: 60000", "clean_interval: 3600000"))
    await service.begin()
    return service
  }

  /** Starts the process, also after `kill`. */
  async begin() {
    const program = process.env.JOBS_PROGRAM
    if (!program) throw new Error("JOBS_PROGRAM is not set: use Tests/clients/typescript/run PROGRAM")
    const child = spawn(program, ["--config", this.config], {
      cwd: this.directory, stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HTTP_HOST: "127.0.0.1", HTTP_PORT: String(this.port), ...this.env },
    })
    this.child = child
    running.add(child)
    const log = createWriteStream(join(this.directory, "log"), { flags: "a" })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.ended = new Promise((resolve) => child.once("exit", () => {
      running.delete(child)
      log.end(resolve)
    }))
    const end = Date.now() + 20_000
    while (!(await this.isReady())) {
      if (Date.now() > end || child.exitCode !== null) {
        throw new Error(`The service does not start: ${await this.log()}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  async isReady() {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok
    } catch {
      return false
    }
  }

  async log() {
    return readFile(join(this.directory, "log"), "utf8").catch(() => "")
  }

  /** Ends the process at once, as a crash does. */
  async kill() {
    this.child.kill("SIGKILL")
    await this.ended
  }

  /** Ends the process and removes what it has left. */
  async stop() {
    this.child.kill("SIGTERM")
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 12_000)
    await this.ended
    clearTimeout(timer)
    await rm(this.directory, { recursive: true, force: true })
  }
}

/**
 * A port at which nothing listens. It is below the ports that the kernel gives to outgoing connections, so
 * that none of those takes it before the service listens.
 */
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_768)
    const server = createServer()
    const isFree = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
