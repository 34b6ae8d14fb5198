import { setTimeout as delay } from 'node:timers/promises';
import type { Chapter } from './story';
import type { Timeline } from './timeline';

/** The story ends by itself about 10 s after it began; this is for when it does not end as it should. */
const PATIENCE_MS = 45_000;
const LOOK_INTERVAL_MS = 40;

/** Publishes all events of the story at their times, and watches until it has ended as expected (or never will). */
export async function play(chapters: readonly Chapter[], timeline: Timeline, signal: AbortSignal): Promise<void> {
  await timeline.open(chapters);
  const publishing = publishAll(chapters, timeline, signal);
  // An interruption ends this and the look below: one of them tells of it, and the other must not be unhandled.
  publishing.catch(() => undefined);
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await timeline.look()) && performance.now() < deadline) {
    await delay(LOOK_INTERVAL_MS, undefined, { signal });
  }
  await publishing;
  await timeline.look();
}

async function publishAll(chapters: readonly Chapter[], timeline: Timeline, signal: AbortSignal): Promise<void> {
  const publications = chapters.flatMap((chapter) => chapter.publications.map((each) => ({ chapter, ...each })));
  await Promise.all(
    publications.map(async ({ chapter, afterMs, event, body, copies = 1 }) => {
      await delay(afterMs, undefined, { signal });
      await timeline.publish(chapter, event, body, copies);
    }),
  );
}
