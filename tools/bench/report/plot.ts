import type { Comparison } from './compare';
import { threeDigits } from './numbers';

const WIDTH = 960;
const LABEL_WIDTH = 440;
const VALUE_WIDTH = 100;
const LINE_HEIGHT = 22;
const TOP = 60;
const BOTTOM = 16;
const COLOURS = { raw: '#8a6d3b', celery: '#3b6d8a', ours: '#333' } as const;

/**
 * How many times better this system is than the others, as an SVG: a dot for the median, a line from the lowest to the
 * highest.
 */
export function renderPlot(comparisons: readonly Comparison[]): string {
  const scale = logScale(comparisons);
  const lines = linesOf(comparisons);
  const height = TOP + lines.length * LINE_HEIGHT + BOTTOM;
  const drawn = lines.map((line, index) => {
    const y = TOP + (index + 0.5) * LINE_HEIGHT;
    return typeof line === 'string' ? heading(line, y) : dot(line, y, scale);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="22" font-size="14" font-weight="bold">This system: how many times better than …</text>
<text x="${WIDTH - 16}" y="22" text-anchor="end"><tspan fill="${COLOURS.raw}">● its parts alone</tspan>  <tspan fill="${COLOURS.celery}">● Celery</tspan></text>
${scale.exponents.map((exponent) => axis(exponent, height, scale)).join('\n')}
${drawn.join('\n')}
</svg>
`;
}

/** The comparisons, each row's under its title. */
function linesOf(comparisons: readonly Comparison[]): (string | Comparison)[] {
  return comparisons.flatMap((comparison, index) => {
    const { title } = comparison.row;
    return comparisons[index - 1]?.row.title === title ? [comparison] : [title, comparison];
  });
}

interface LogScale {
  /** Of the powers of ten that have a line. */
  readonly exponents: readonly number[];
  readonly x: (value: number) => number;
}

/** From a power of ten to another one, with 1 between them. */
function logScale(comparisons: readonly Comparison[]): LogScale {
  const logs = comparisons.flatMap(({ times }) => [Math.log10(times.min), Math.log10(times.max)]);
  const from = Math.floor(Math.min(-1, ...logs.filter(Number.isFinite)));
  const to = Math.ceil(Math.max(1, ...logs.filter(Number.isFinite)));
  const exponents = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const width = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  return { exponents, x: (value) => LABEL_WIDTH + ((Math.log10(value) - from) / (to - from)) * width };
}

function axis(exponent: number, height: number, { x }: LogScale): string {
  const label = exponent < 0 ? (10 ** exponent).toFixed(-exponent) : String(10 ** exponent);
  const at = coordinate(x(10 ** exponent));
  return `<line x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${height - BOTTOM}" stroke="${exponent === 0 ? '#333' : '#ddd'}"/>
<text x="${at}" y="${TOP - 12}" text-anchor="middle" fill="#555">${label} ×</text>`;
}

function heading(title: string, y: number): string {
  return `<text x="16" y="${coordinate(y + 4)}" font-weight="bold">${escape(title)}</text>`;
}

function dot({ figure, other, times }: Comparison, y: number, { x }: LogScale): string {
  const colour = COLOURS[other.who];
  const at = coordinate(y);
  return `<text x="${LABEL_WIDTH - 12}" y="${coordinate(y + 4)}" text-anchor="end">${escape(`${figure.title} · ${other.title}`)}</text>
<line x1="${coordinate(x(times.min))}" x2="${coordinate(x(times.max))}" y1="${at}" y2="${at}" stroke="${colour}" stroke-width="3" stroke-opacity="0.4"/>
<circle cx="${coordinate(x(times.median))}" cy="${at}" r="4" fill="${colour}"/>
<text x="${WIDTH - 16}" y="${coordinate(y + 4)}" text-anchor="end" fill="${colour}">${threeDigits(times.median)} ×</text>`;
}

function coordinate(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '');
}
