/** A class whose properties carry `@Variable`: one subject's part of the configuration. */
export type Section<T extends object = object> = new () => T;
