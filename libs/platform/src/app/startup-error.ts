/**
 * The app cannot start as it is configured or put together, and a stack would say nothing more: `startApp` prints the
 * message alone. It names what is wrong, and what was expected.
 */
export abstract class StartupError extends Error {}
