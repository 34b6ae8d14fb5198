import { latenessMs } from './findings';
import type { Chapter } from './story';
import type { Timeline } from './timeline';

/** A table of what the story expects and what was found. */
export function summarise(
  chapters: readonly Chapter[],
  timeline: Timeline,
): { readonly text: string; readonly agrees: boolean } {
  const rows = chapters.map((chapter) => {
    const found = timeline.found(chapter);
    const late = latenessMs(timeline.findings.get(chapter.budgetId) ?? { tasks: [] });
    return [
      chapter.title,
      chapter.expected,
      found,
      late === undefined ? '-' : `${late} ms`,
      found === chapter.expected ? '✓' : '✗',
    ];
  });
  const header = ['Budget', 'Expected', 'Found', 'Late', ''];
  return { text: table([header, ...rows]), agrees: rows.every((row) => row.at(-1) === '✓') };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
