import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, OwnedProcess } from './owned-process';
import { processesIn } from './process-table';
import { createRunFolder, removeEmptyPlace, type RunPlace } from './run-place';
import { newRecord, writeRecord } from './run-record';

/** Something that must be ended before the run is over. */
interface Ending {
  end(): Promise<void>;
  /** The same, for the last moment of this process. */
  endNow(): void;
}

/** Everything that one start of servers leaves on the machine: processes and a folder. */
export class Run {
  private readonly record = newRecord();
  private readonly endings: Ending[] = [];
  private ended?: Promise<void>;

  private constructor(readonly folder: string) {
    writeRecord(folder, this.record);
  }

  static create(place: RunPlace): Run {
    return new Run(createRunFolder(place));
  }

  /** Starts a process that ends with this run. */
  spawn(command: Command): OwnedProcess {
    if (this.ended) throw new Error('The servers were stopped');
    const started = OwnedProcess.start(command);
    this.endings.push(started);
    if (started.pid !== undefined) this.record.processes.push({ pid: started.pid, endSignal: command.endSignal });
    writeRecord(this.folder, this.record);
    return started;
  }

  /** Takes note of a Docker Compose project that ends with this run. */
  addComposeProject(name: string, ending: Ending): void {
    this.record.composeProject = name;
    writeRecord(this.folder, this.record);
    this.endings.push(ending);
  }

  /** Ends all processes and removes all data. Any call after the first one waits for the first. */
  end(): Promise<void> {
    this.ended ??= this.endAll();
    return this.ended;
  }

  /** {@link end}, for the last moment of this process. */
  endNow(): void {
    for (const ending of this.endings) ending.endNow();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async endAll(): Promise<void> {
    await Promise.all(this.endings.map((ending) => ending.end()));
    await left(this.folder);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    await removeEmptyPlace();
  }
}

/** Resolves when no process works in the folder any more: children of servers take a moment to notice their end. */
export async function left(folder: string, patienceMs = 5_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (processesIn(folder).length > 0 && performance.now() < deadline) await sleep(10);
}
