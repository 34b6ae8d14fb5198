import { describeError, maskCredentials } from '@budget-buddy/platform';
import { reach } from './reach';
import { NotOurServerError, type Server, type ServerKind, serverKinds, serverNames } from './server';

/** A server that the environment names does not answer. */
export class ConfiguredServersUnreachableError extends Error {
  constructor(readonly problems: { variable: string; url: string; reason: string }[]) {
    const lines = problems.map(({ variable, url, reason }) => `  ${variable}=${maskCredentials(url)}: ${reason}`);
    super(
      `Configured servers do not answer:\n${lines.join('\n')}\n` +
        'Start them, correct the variables, or unset the variables to get private servers.',
    );
  }
}

/**
 * The servers whose URLs the environment names. A URL is an instruction: nothing else takes its place.
 * @throws ConfiguredServersUnreachableError that names all that do not answer.
 */
export async function findConfiguredServers(env: NodeJS.ProcessEnv): Promise<Server[]> {
  const named = serverKinds.flatMap((kind) => {
    const url = env[serverNames[kind].variable];
    return url ? [{ kind, url, variable: serverNames[kind].variable }] : [];
  });
  const reasons = await Promise.all(named.map(({ kind }) => whyUnreachable(kind, env)));
  const problems = named.flatMap(({ variable, url }, index) => {
    const reason = reasons[index];
    return reason === undefined ? [] : [{ variable, url, reason }];
  });
  if (problems.length > 0) throw new ConfiguredServersUnreachableError(problems);
  return named.map(({ kind, url }) => configuredServer(kind, url));
}

async function whyUnreachable(kind: ServerKind, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    await reach[kind](env);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

function configuredServer(kind: ServerKind, url: string): Server {
  const refuse = () => Promise.reject(new NotOurServerError(kind));
  return { kind, url, ours: false, kill: refuse, start: refuse, restart: refuse, pause: refuse, resume: refuse };
}
