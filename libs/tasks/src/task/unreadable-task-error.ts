/**
 * A task in the ledger that this build cannot read. It is no failure of the task's: it is put off, for a build that can,
 * or until somebody mends the row. See docs/adr/0040-old-payloads.md.
 */
export abstract class UnreadableTaskError extends Error {}
