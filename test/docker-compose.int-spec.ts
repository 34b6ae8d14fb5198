import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeVariables,
  loadConfiguration,
  PostgresConfiguration,
  ShutdownConfiguration,
} from '@budget-buddy/platform';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentedSections } from '../tools/configuration-sections';
import { installOnDemand } from '../tools/on-demand-packages';

interface Service {
  image?: string;
  build?: { context: string; target: string };
  command?: string[];
  environment?: Record<string, string | null>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  [key: string]: unknown;
}

interface Composition {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const APPS = ['scheduler', 'worker', 'dashboard'];
const SERVERS = ['rabbitmq', 'redis', 'postgres'];
// Debian's, 1.29: the oldest that must understand the file.
const DOCKER_COMPOSE = '/usr/bin/docker-compose';
const INSTALLING_MS = 300_000;
// Comes with Debian's docker-compose, which prints YAML only.
const TO_JSON = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';

describe('docker-compose.yml', () => {
  let services: Composition['services'];
  let volumes: Composition['volumes'];
  const service = (name: string): Service => services[name] ?? {};
  const all = () => Object.values(services);

  beforeAll(async () => {
    if (spawnSync(DOCKER_COMPOSE, ['version']).status !== 0) await installOnDemand('docker-compose');
    ({ services, volumes } = compose());
  }, INSTALLING_MS);

  it('has the three servers, the migration and the three apps', () => {
    expect(Object.keys(services).sort()).toEqual([...APPS, ...SERVERS, 'migrate'].sort());
  });

  it('opens ports on loopback only', () => {
    const ports = all().flatMap((each) => each.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('lets the worker be scaled: no name and no port of its own', () => {
    expect(service('worker')).not.toHaveProperty('container_name');
    expect(service('worker')).not.toHaveProperty('hostname');
    expect(service('worker')).not.toHaveProperty('ports');
  });

  it('sets only variables that the configuration knows', () => {
    const known = describeVariables(documentedSections.flatMap(({ sections }) => sections)).map(({ name }) => name);
    const set = all().flatMap(({ environment }) => Object.keys(environment ?? {}));
    expect(known).toEqual(expect.arrayContaining(set.filter((name) => name.startsWith('BUDGETBUDDY_'))));
  });

  it('gives the apps a configuration they accept', () => {
    const sections = documentedSections.flatMap((each) => each.sections);
    for (const name of [...APPS, 'migrate']) {
      const set = Object.entries(service(name).environment ?? {}).filter(([, value]) => value !== null);
      const environment = Object.fromEntries(set) as Record<string, string>;
      expect(() => loadConfiguration(sections, environment), name).not.toThrow();
    }
  });

  it('starts the apps when the schema is up to date and the servers are healthy', () => {
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of APPS) {
      expect(service(name).depends_on, name).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        rabbitmq: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
    }
  });

  it('waits for an app longer than the app takes to shut down', () => {
    for (const name of [...APPS, 'migrate']) {
      const environment = service(name).environment as Record<string, string>;
      const { timeout } = loadConfiguration([ShutdownConfiguration], environment).get(ShutdownConfiguration);
      expect(secondsOf(service(name).stop_grace_period), name).toBeGreaterThan(timeout.total('seconds'));
    }
  });

  it('builds each app from a stage of the Dockerfile', () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    for (const name of [...APPS, 'migrate']) {
      expect(service(name).build?.target).toBe(name);
      expect(dockerfile).toMatch(new RegExp(`^FROM app AS ${name}$`, 'm'));
    }
  });

  it('runs the apps without any privilege, on a file system they cannot write to', () => {
    const confined = { cap_drop: ['ALL'], read_only: true, security_opt: ['no-new-privileges:true'], init: true };
    for (const name of [...APPS, 'migrate']) expect(service(name), name).toMatchObject(confined);
  });

  it('pins the servers to a patch release, asks for their health, and keeps their data', () => {
    for (const name of SERVERS) {
      expect(service(name).image).toMatch(/^\w+:\d+\.\d+(\.\d+)?-\w+$/);
      expect(service(name).healthcheck?.test[0]).toBe('CMD');
      expect(service(name).volumes).toEqual([expect.stringMatching(`^${name}:/`)]);
      expect(volumes).toHaveProperty(name);
    }
    expect(service('rabbitmq')).toMatchObject({ image: expect.stringMatching(/:4\..*-management$/) as string });
  });

  it('has Redis write every timer down and never drop one', () => {
    const { command = [] } = service('redis');
    expect(command.join(' ')).toContain('--appendonly yes');
    expect(command.join(' ')).toContain('--maxmemory-policy noeviction');
  });

  it('has PostgreSQL take the connections of a dozen workers beside the other apps', () => {
    const { command = [] } = service('postgres');
    const [, most] = /max_connections=(\d+)/.exec(command.join(' ')) ?? [];
    const { poolSize } = loadConfiguration([PostgresConfiguration], {}).get(PostgresConfiguration);
    expect(Number(most)).toBeGreaterThanOrEqual((12 + APPS.length) * poolSize);
  });

  it("passes the dashboard's credentials on, and none when none are set", () => {
    const names = ['BUDGETBUDDY_DASHBOARD_USERNAME', 'BUDGETBUDDY_DASHBOARD_PASSWORD'] as const;
    for (const name of names) expect(service('dashboard').environment).toHaveProperty(name, null);
    const set = compose({ [names[0]]: 'ada', [names[1]]: 'secret' }).services;
    expect(set['dashboard']?.environment).toMatchObject({ [names[0]]: 'ada', [names[1]]: 'secret' });
    expect(set['worker']?.environment).not.toHaveProperty(names[1]);
  });

  it('gives servers and apps the same credentials', () => {
    const set = compose({ RABBITMQ_USER: 'rita', RABBITMQ_PASSWORD: 'r4bbit', POSTGRES_PASSWORD: 'elephant' }).services;
    expect(set['worker']?.environment).toMatchObject({
      BUDGETBUDDY_RABBITMQ_URL: 'amqp://rita:r4bbit@rabbitmq:5672//',
      BUDGETBUDDY_POSTGRES_URL: 'postgres://budgetbuddy:elephant@postgres:5432/budgetbuddy',
    });
    expect(set['rabbitmq']?.environment).toMatchObject({
      RABBITMQ_DEFAULT_USER: 'rita',
      RABBITMQ_DEFAULT_PASS: 'r4bbit',
    });
    expect(set['postgres']?.environment).toMatchObject({ POSTGRES_PASSWORD: 'elephant' });
  });

  it('opens the ports it is told to, and any free one where a port is set to nothing', () => {
    const set = compose({
      RABBITMQ_PORT: '',
      RABBITMQ_MANAGEMENT_PORT: '',
      DASHBOARD_PORT: '',
      REDIS_PORT: '16379',
    }).services;
    expect(set['rabbitmq']?.ports).toEqual(['127.0.0.1::5672/tcp', '127.0.0.1::15672/tcp']);
    expect(set['dashboard']?.ports).toEqual(['127.0.0.1::5555/tcp']);
    expect(set['redis']?.ports).toEqual(['127.0.0.1:16379:6379/tcp']);
  });
});

/** The file as docker-compose understands it, in an environment (and a `.env`) that has nothing else set. */
function compose(env: Record<string, string> = {}): Composition {
  const folder = mkdtempSync(join(tmpdir(), 'budget-buddy-compose-'));
  const envFile = join(folder, 'empty.env');
  writeFileSync(envFile, '');
  try {
    const args = ['--file', 'docker-compose.yml', '--env-file', envFile, 'config'];
    const yaml = run(DOCKER_COMPOSE, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
    return JSON.parse(run('/usr/bin/python3', ['-c', TO_JSON], { input: yaml })) as Composition;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(program: string, args: string[], options: { env?: Record<string, string>; input?: string }): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`, { cause: error });
  return stdout;
}

function secondsOf(duration = ''): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
