// What the table of the client has and the program does not have yet. It is empty when both are complete.

export const pending = {
  operations: [],
  /** As `operation.argument`. */
  members: [],
}
