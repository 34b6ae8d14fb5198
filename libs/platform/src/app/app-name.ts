/** Which app this process runs, as its connections and log lines are labelled. Provided by startApp. */
export class AppName {
  constructor(readonly value: string) {}
}

/** How a connection of this process is called in the servers' own lists. */
export function connectionName(app: AppName | undefined): string {
  return app ? `budget-buddy-${app.value}` : 'budget-buddy';
}
