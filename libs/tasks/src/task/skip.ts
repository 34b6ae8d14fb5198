/** What a handler returns when there turned out to be nothing to do. */
export class Skip {
  constructor(readonly reason: string) {}
}

/** Ends the task without an effect and without an error; the ledger keeps the reason. */
export function skip(reason: string): Skip {
  return new Skip(reason);
}
