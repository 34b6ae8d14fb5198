import type { Difference } from '../faults/difference';
import type { ServerKind } from '../servers';
import type { HealthAnswer } from './health-watch';
import { LIMITS } from './limits';
import type { Outage } from './outage';

/** When an outage was, in ms since 1970. */
export interface OutageTimes {
  readonly struckMs: number;
  /** When the server was begun to be given back: an app may find it before the program does. */
  readonly healingMs: number;
  readonly endedMs: number;
  /** When all that waited was done. */
  readonly recoveredMs: number;
}

/** What the health endpoints said about one outage. */
export interface HealthFindings {
  /** After the beginning: the last app said it was not ready. Undefined when one never did. In ms, as the next. */
  readonly noticedMs?: number;
  /** After the end: no app said any more that it was not ready. */
  readonly readyMs: number;
  readonly differences: readonly Difference[];
}

/** The names in a readiness answer that go with each server. */
const NAMES: Record<ServerKind, RegExp> = {
  rabbitmq: /^(rabbitmq|domain-events|outbox)/,
  postgres: /^postgres/,
  redis: /^(redis|task-queues)/,
};

/** Whether the endpoints told the truth from the beginning of an outage until recovery. */
export function judgeHealth(all: readonly HealthAnswer[], outage: Outage, times: OutageTimes): HealthFindings {
  const answers = all.filter(({ askedMs, answeredMs }) => answeredMs >= times.struckMs && askedMs <= times.recoveredMs);
  const ready = answers.filter(({ endpoint }) => endpoint === 'ready');
  const apps = [...new Set(answers.map(({ app }) => app))];
  const noticed = apps.map((app) =>
    noticedMs(
      ready.filter((each) => each.app === app),
      outage,
      times,
    ),
  );
  const notReady = ready.filter(({ code }) => code !== 200).map(({ answeredMs }) => answeredMs);
  return {
    ...(noticed.every((ms) => ms !== undefined) && { noticedMs: Math.max(...noticed) }),
    readyMs: Math.max(0, ...notReady.map((ms) => ms - times.endedMs)),
    differences: [
      ...answers.filter(({ endpoint }) => endpoint === 'live').flatMap(judgeLive),
      ...ready.flatMap(judgeReady),
      ...ready.flatMap((answer) => judgeBlame(answer, outage)),
      ...apps.flatMap((app) =>
        judgeTruth(
          ready.filter((each) => each.app === app),
          outage,
          times,
        ),
      ),
    ],
  };
}

function noticedMs(answers: readonly HealthAnswer[], { server }: Outage, times: OutageTimes): number | undefined {
  const first = answers.find(({ down, code }) => code === 503 && down[server] !== undefined);
  return first && first.answeredMs - times.struckMs;
}

function judgeLive(answer: HealthAnswer): Difference[] {
  const tookMs = answer.answeredMs - answer.askedMs;
  if (answer.code === 200 && tookMs <= LIMITS.liveMs) return [];
  return [difference(answer, 'an app does not say that it is alive', `200 within ${LIMITS.liveMs} ms`)];
}

function judgeReady(answer: HealthAnswer): Difference[] {
  const tookMs = answer.answeredMs - answer.askedMs;
  if (answer.code === undefined || tookMs > LIMITS.readyMs) {
    return [difference(answer, 'readiness does not answer in time', `an answer within ${LIMITS.readyMs} ms`)];
  }
  return [];
}

/** That something did not answer in time may be true on a busy machine; that it is down must not be said of another. */
function judgeBlame(answer: HealthAnswer, { server }: Outage): Difference[] {
  const blamed = Object.entries(answer.down).filter(
    ([name, why]) => !NAMES[server].test(name) && !why.startsWith('no answer'),
  );
  return blamed.length > 0 ? [difference(answer, 'readiness blames something else', String(NAMES[server]))] : [];
}

/** Readiness says so soon that the server is away, and says it until it is back. */
function judgeTruth(answers: readonly HealthAnswer[], outage: Outage, times: OutageTimes): Difference[] {
  if (outage.kind === 'slow') return [];
  const during = answers.filter(
    ({ askedMs, answeredMs }) => askedMs >= times.struckMs + LIMITS.noticedMs && answeredMs < times.healingMs,
  );
  const lies = during.filter(({ code }) => code === 200);
  return lies.slice(0, 1).map((lie) => difference(lie, 'an app says it is ready while a server is away', 503));
}

function difference(answer: HealthAnswer, what: string, expected: unknown): Difference {
  const { app, endpoint, askedMs, answeredMs, code, down } = answer;
  const found = { code, down, tookMs: answeredMs - askedMs, asked: new Date(askedMs).toISOString() };
  return { what, about: `${app} /health/${endpoint}`, expected, found };
}
