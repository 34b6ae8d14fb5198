/**
 * Every table this system reads or writes, by its schema-qualified name.
 * Each lib adds its own where it creates them (`declare module '@budget-buddy/platform'`), so that one typed
 * transaction can span a task, its effect and its events without any lib knowing the others' tables.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface Tables {}
