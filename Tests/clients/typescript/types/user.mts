// A program as users write it: the compiler takes it, and finds the mistakes that are marked.

import {
  ExactNumber, JobFailure, JobsClient, JobsClientError, JobsWorker, LockLostError, RetryDelay, Worker,
  withCallContext, type Job, type JobContext, type NewJob, type StartedJob,
} from "jobs-client"

interface Mail { to: string; text: string }

export async function produce(client: JobsClient): Promise<Job<Mail>> {
  const mail: NewJob<Mail> = { type: "mail", refId: "order-7", params: { to: "a", text: "b" } }
  // @ts-expect-error: a job has a reference
  await client.addJob({ type: "mail" })
  // @ts-expect-error: there is no such member
  await client.addJob({ type: "mail", refId: "1", priorty: 1 })
  // @ts-expect-error: the params have another type
  await client.addJob<Mail>({ type: "mail", refId: "1", params: { to: 1 } })
  const results = await client.addJobs([mail, mail])
  for (const result of results) {
    if (result.status === "fulfilled") console.log(result.value.created.getTime())
    else console.error(result.reason)
  }
  return withCallContext({ correlationId: "order-7" }, () => client.addJob(mail))
}

export async function consume(client: JobsClient) {
  const job = await client.startJobByType<Mail>({ type: "mail", timeout: 60_000 })
  // @ts-expect-error: there may be none
  job.id
  if (job === null) return
  const token: string = job.lockToken
  const when: Date | undefined = job.delayedUntil
  console.log(when, token, job.params.to)
  try {
    await client.completeJob({ jobId: job.id, lockToken: job.lockToken, result: { sent: true } })
  } catch (error) {
    if (error instanceof LockLostError) console.log(error.code)
    if (error instanceof JobsClientError && error.isRetryable) console.log(error.retryAfter)
  }
}

export async function look(client: JobsClient) {
  const all: Job[] = (await client.getJobs({ filter: { state: "failed" } })).data
  const { data } = await client.getJobs({ fields: ["refId", "state"] })
  const [{ id, refId, state }] = data as [(typeof data)[0]]
  // @ts-expect-error: it was not asked for
  data[0]?.created
  // @ts-expect-error: there is no such member
  await client.getJobs({ fields: ["ref_id"] })
  const { data: groups, truncated } = await client.getErrors({ type: "mail", from: new Date(0) })
  for (const { errorKey, last, example } of groups) console.log(errorKey, last.getTime(), example.jobId)
  console.log(all, id, refId, state, truncated)
}

const handler = async (job: StartedJob<Mail>, context: JobContext) => {
  context.progress({ page: 1 })
  await fetch("http://localhost", { signal: context.signal })
  if (job.params.to === "") throw new JobFailure("No address", { retry: false, details: { a: 1 } })
  return { sent: true, share: new ExactNumber("0.1") }
}

export const worker = new JobsWorker(new JobsClient("http://localhost:8080"), {
  timeout: 60_000, concurrency: 8, retryDelay: RetryDelay.exponential({ first: 5, longest: 9 }),
  handlers: { mail: handler, other: { handler, concurrency: 2 } }, logger: console,
})
export const same: JobsWorker = new Worker(new JobsClient({ url: "http://localhost:8080" }), {
  timeout: 60_000, handlers: { mail: () => undefined },
})
// @ts-expect-error: a worker has handlers
new JobsWorker(new JobsClient("http://localhost:8080"), { timeout: 60_000 })
