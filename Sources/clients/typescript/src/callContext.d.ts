/** The ids of calls in logs and traces. */
export interface CallContext {
  /** The id of the calls in the log and the errors of the service. */
  correlationId?: string | undefined
  /** The W3C trace context. Jobs that are added keep it for their workers. */
  traceparent?: string | undefined
}

/**
 * Runs a function whose calls of a client send these values, unless they are given others.
 *
 * A worker does so around each handler, with the id of the job and its trace context.
 */
export function withCallContext<Result>(context: CallContext, body: () => Result): Result

/** The values that calls of a client send here. */
export function currentCallContext(): CallContext
