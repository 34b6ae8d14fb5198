import { remembering } from '@budget-buddy/platform';

/** Keys as publishers write them. All others (camelCase, `__proto__`, …) are unknown and therefore ignored. */
const WIRE_KEY = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** `start_day` is `startDay` in code. A digit keeps its underscore, so that the way back is the same. */
export const toPropertyName = remembering((wireKey: string): string | undefined => {
  if (!WIRE_KEY.test(wireKey)) return undefined;
  return wireKey.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
});

/** The inverse of {@link toPropertyName}. */
export const toWireKey = remembering((propertyName: string) =>
  propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);
