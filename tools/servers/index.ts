export { ConfiguredServersUnreachableError } from './configured-servers';
export type { Progress } from './progress';
export { ServerStartError } from './private-server';
export { NotOurServerError, type Server, type ServerKind, serverKinds } from './server';
export { requireSingleServers } from './single-servers';
export { type Servers, startServers, type StartServersOptions } from './servers';
export { NoServersError, type Source } from './sources';
