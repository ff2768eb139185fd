// What the package uses of Node beside the standards of the web: Debian has no package of Node's types.

declare const process: {
  readonly pid: number
  on(signal: string, listener: () => void): void
  off(signal: string, listener: () => void): void
}

declare const Buffer: { byteLength(text: string): number }

declare module "node:events" {
  export function setMaxListeners(count: number, target: EventTarget): void
}

declare module "node:crypto" {
  export function randomUUID(): string
  export function randomInt(min: number, max: number): number
}

declare module "node:os" {
  export function hostname(): string
}

declare module "node:async_hooks" {
  export class AsyncLocalStorage<Store> {
    getStore(): Store | undefined
    run<Result>(store: Store, body: () => Result): Result
  }
}
