import type { CapacityReport, Case } from '../capacity-report';
import { count } from './units';

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 60;
const RIGHT = 246;
const TOP = 50;
const BOTTOM = 50;
/** Of the grid. */
const MOST_LINES = 12;
const COLOURS = ['#3b6d8a', '#8a6d3b', '#6d3b8a'];
const DASHES = ['', '8 4', '2 3'];

/** How much is renewed so long after it was due, as an SVG: a line for each number of budgets and each spread. */
export function renderCapacityPlot({ cases }: CapacityReport): string {
  const mostMs = Math.max(60_000, ...cases.map(({ prediction }) => prediction.lastMs));
  const x = (ms: number) => LEFT + (ms / mostMs) * (WIDTH - LEFT - RIGHT);
  const y = (percent: number) => HEIGHT - BOTTOM - (percent / 100) * (HEIGHT - TOP - BOTTOM);
  const numbers = [...new Set(cases.map(({ demand }) => demand.budgets))];
  const spreads = [...new Set(cases.map(({ spread }) => spread))];
  const style = ({ demand, spread }: Case) =>
    `stroke="${COLOURS[numbers.indexOf(demand.budgets)]}" stroke-dasharray="${DASHES[spreads.indexOf(spread)]}"`;
  const curve = ({ prediction }: Case) =>
    prediction.curve.map((ms, percent) => `${x(ms).toFixed(1)},${y(percent).toFixed(1)}`);
  const stepMs = 60_000 * Math.max(1, Math.ceil(mostMs / 60_000 / MOST_LINES));
  const minutes = Array.from({ length: Math.floor(mostMs / stepMs) + 1 }, (_, line) => (line * stepMs) / 60_000);
  const labels = cases.map((each, index) => {
    const at = TOP + 20 * index;
    return `<line x1="${WIDTH - RIGHT + 12}" x2="${WIDTH - RIGHT + 42}" y1="${at}" y2="${at}" fill="none" stroke-width="2" ${style(each)}/>
<text x="${WIDTH - RIGHT + 48}" y="${at + 4}">${count(each.demand.budgets)} · ${each.spread.shares.length === 1 ? '1 zone' : `${each.spread.shares.length} zones (${each.spread.id})`}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="22" font-size="14" font-weight="bold">Budgets renewed, so many minutes after they were due (simulated)</text>
${minutes
  .map(
    (
      minute,
    ) => `<line x1="${x(minute * 60_000).toFixed(1)}" x2="${x(minute * 60_000).toFixed(1)}" y1="${TOP - 6}" y2="${HEIGHT - BOTTOM}" stroke="${minute === 1 ? '#333' : '#ddd'}"/>
<text x="${x(minute * 60_000).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#555">${minute} min</text>`,
  )
  .join('\n')}
${[0, 50, 100].map((percent) => `<text x="${LEFT - 8}" y="${(y(percent) + 4).toFixed(1)}" text-anchor="end" fill="#555">${percent} %</text>`).join('\n')}
${cases.map((each) => `<polyline points="${curve(each).join(' ')}" fill="none" stroke-width="2" ${style(each)}/>`).join('\n')}
${labels.join('\n')}
</svg>
`;
}
