/** Looks at something before and after a piece of work: what it costs, for example. */
export type Metering = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Nothing is looked at. */
export const unmetered: Metering = (work) => work();
