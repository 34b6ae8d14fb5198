import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationModule, describeVariables, platformSections, type Section } from '@budget-buddy/platform';
import { type DynamicModule, type Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants';
import { describe, expect, it } from 'vitest';
import { DashboardModule } from '../apps/dashboard/src/dashboard.module';
import { SchedulerModule } from '../apps/scheduler/src/scheduler.module';
import { WorkerModule } from '../apps/worker/src/worker.module';
import { docsPath, renderConfigurationDocs } from './configuration-docs';
import { documentedSections } from './configuration-sections';

const apps = { scheduler: SchedulerModule, worker: WorkerModule, dashboard: DashboardModule };

/** The sections that the app's ConfigurationModule provides. */
function loadedBy(app: Type): Section[] {
  const imports = Reflect.getMetadata(MODULE_METADATA.IMPORTS, app) as (Type | DynamicModule)[];
  const configuration = imports.find((each) => 'module' in each && each.module === ConfigurationModule);
  const { exports = [] } = configuration as DynamicModule;
  return (exports as Section[]).filter((exported) => describeVariables([exported]).length > 0);
}

function documentedFor(app: string): Section[] {
  return documentedSections.flatMap(({ readBy, sections }) => (readBy.some((name) => name === app) ? sections : []));
}

const names = (sections: readonly Section[]) => sections.map(({ name }) => name).sort();

/** All variables that a source of the apps and libs reads. */
async function variablesInSources(): Promise<string[]> {
  const found = ['apps', 'libs'].map(async (folder) => {
    const files = (await readdir(folder, { recursive: true })).filter((file) => /(?<!spec)\.ts$/.test(file));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    return texts.flatMap((text) =>
      [...text.matchAll(/@\w*Variable(?:<\w+>)?\(\s*['"`](BUDGETBUDDY_\w+)/g)].map(([, name]) => name!),
    );
  });
  return (await Promise.all(found)).flat().sort();
}

describe('docs/configuration.md', () => {
  it('says what the code reads (npm run docs)', async () => {
    expect(await readFile(docsPath(), 'utf8')).toBe(await renderConfigurationDocs());
  });

  it('has every variable that is declared in the sources, once', async () => {
    const documented = describeVariables(documentedSections.flatMap(({ sections }) => sections));
    expect(documented.map(({ name }) => name).sort()).toEqual(await variablesInSources());
  });

  it.each(Object.entries(apps))('says what the %s loads, no more and no less', (name, app) => {
    expect(names(loadedBy(app))).toEqual(expect.arrayContaining(names(platformSections)));
    expect(names(documentedFor(name))).toEqual(names(loadedBy(app)));
  });
});
