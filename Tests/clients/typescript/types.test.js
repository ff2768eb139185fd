import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { after, before, test } from "node:test"
import { fileURLToPath } from "node:url"
import { operations } from "../../../Sources/clients/typescript/src/operations.js"
import { scriptName } from "../../../Sources/clients/typescript/src/wire/conversion.js"

// The declarations are written by hand, so that the package needs no build. The compiler holds them against
// the code, and against the table of operations.

const here = resolve(fileURLToPath(import.meta.url), "..")
const root = resolve(here, "../../../Sources/clients/typescript")
const sources = join(root, "src")

let directory
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "jobs-client-types-"))
  // As npm installs it.
  await mkdir(join(directory, "node_modules"))
  await symlink(root, join(directory, "node_modules/jobs-client"))
})
after(() => rm(directory, { recursive: true, force: true }))

/** Checks files with the settings of the tests; returns what the compiler says. */
async function check(name, files) {
  const config = JSON.parse(await readFile(join(here, "types/tsconfig.json"), "utf8"))
  const path = join(directory, `${name}.json`)
  await writeFile(path, JSON.stringify({ ...config, files: [...files, join(here, "types/node.d.ts")] }))
  const result = spawnSync("tsc", ["--project", path], { encoding: "utf8", cwd: directory })
  assert.ifError(result.error)
  return result.stdout
}

async function sourceFiles(folder = sources) {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(entries.map((entry) => entry.isDirectory()
    ? sourceFiles(join(folder, entry.name)) : [join(folder, entry.name)]))
  return nested.flat()
}

test("the code has the types that it is declared to have", async () => {
  assert.equal(await check("code", await sourceFiles()), "")
})

test("the declarations have the members of the table, and users are checked by them", async () => {
  // One run of the compiler for the three, since it is slow.
  const paths = ["user.mts", "members.mts", "exports.mts"].map((name) => join(directory, name))
  await copyFile(join(here, "types/user.mts"), paths[0])
  await writeFile(paths[1], members())
  await writeFile(paths[2], exported(Object.keys(await import(join(sources, "index.js")))))

  assert.equal(await check("use", paths), "")
})

test("the declarations have the methods of the table", async () => {
  const declared = await readFile(join(sources, "client.d.ts"), "utf8")
  const methods = [...declared.matchAll(/^ {2}(\w+)(?:<[^>]*>)?\(/gm)].map(([, name]) => name)

  assert.deepEqual(
    methods.filter((name) => !["constructor", "call"].includes(name)).sort(),
    operations.map(({ method }) => method).sort())
})

/** A type that is `true` for two types that are the same. Otherwise the compiler shows all of it. */
const same = `type Same<What, Declared, Table> = [Declared] extends [Table]
  ? ([Table] extends [Declared] ? true : { what: What; declared: Declared; table: Table })
  : { what: What; declared: Declared; table: Table }`

/** A program that the compiler takes only if the declarations export these names. */
const exported = (names) => `import * as declared from "jobs-client"
  ${same}
  export const claim: Same<"exports", keyof typeof declared, ${union(names)}> = true\n`

/** A program that the compiler takes only if the declarations have the members of the table. */
function members() {
  const lines = [`import type { JobsClient } from "jobs-client"
    ${same}
    type RequiredKeys<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? never : K }[keyof T]
    type Item<T> = T extends readonly (infer I)[] ? I : T
    type Input<M extends keyof JobsClient> = Item<NonNullable<Parameters<JobsClient[M]>[0]>>
    type Answer<M extends keyof JobsClient> = NonNullable<Awaited<ReturnType<JobsClient[M]>>>
    type Fulfilled<T> = T extends { status: "fulfilled"; value: infer V } ? NonNullable<V> : never`]
  let count = 0
  const claim = (what, declared, table) => {
    count += 1
    lines.push(`export const claim${count}: Same<"${what}", ${declared}, ${table}> = true`)
  }
  const walk = (what, type, fields, isAnswer) => {
    const names = Object.keys(fields).map(scriptName)
    claim(what, `keyof ${type}`, union(names))
    const needed = Object.entries(fields)
      .filter(([, field]) => field.required && field.unset === undefined)
      .map(([name]) => scriptName(name))
    claim(`${what}: required`, `RequiredKeys<${type}>`, union(needed))
    for (const [name, field] of Object.entries(fields)) {
      const member = `NonNullable<${type}["${scriptName(name)}"]>`
      if (field.kind === "date") {
        claim(`${what}.${name}`, member, isAnswer ? "Date" : "Date | string")
      }
      if (field.kind === "object") walk(`${what}.${name}`, member, field.fields, isAnswer)
      if (field.kind === "list") walk(`${what}.${name}`, `Item<${member}>`, field.fields, isAnswer)
    }
  }
  for (const { method, shape, arguments: table, answer } of operations) {
    if (Object.keys(table).length > 0) walk(`${method} takes`, `Input<"${method}">`, table, false)
    const whole = `Answer<"${method}">`
    const type = {
      one: whole, page: `Item<${whole}["data"]>`, all: `Item<${whole}>`,
      results: `Fulfilled<Item<${whole}>>`,
    }[shape]
    if (type !== undefined) walk(`${method} answers`, type, answer, true)
  }
  return lines.join("\n")
}

const union = (names) => names.length === 0 ? "never" : names.map((name) => `"${name}"`).join(" | ")
