// Writes metrics as OpenMetrics 1.0, or as the older text format of Prometheus (0.0.4) for clients that do not ask for it.

export interface MetricFamily {
  /**
   * Without the `_total` and `_info` of the samples; ends with the unit if there is one. Counters count from the start of the
   * process, or of the dataset.
   */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'info';
  /** A base unit in the plural: `seconds`, `bytes`. */
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export type MetricFormat = 'openmetrics' | 'prometheus';

export const CONTENT_TYPES: Readonly<Record<MetricFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** The suffixes of samples, behind the name of their family. */
const SUFFIXES = { counter: '_total', gauge: '', info: '_info' } as const;

/** OpenMetrics if an `Accept` header names it (RFC 9110, section 12.5.1) and does not prefer plain text. */
export function acceptedFormat(accept = ''): MetricFormat {
  const named = { openmetrics: 0, text: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map(part => part.trim());
    const parameter = (name: string) =>
      parameters.find(one => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const weight = Number(parameter('q') ?? 1);
    const version = parameter('version')?.replaceAll('"', '') ?? '1.0.0';
    if (type === 'application/openmetrics-text' && version === '1.0.0')
      named.openmetrics = Math.max(named.openmetrics, weight);
    if (type === 'text/plain') named.text = Math.max(named.text, weight);
  }
  return named.openmetrics > 0 && named.openmetrics >= named.text ? 'openmetrics' : 'prometheus';
}

export function printMetrics(families: readonly MetricFamily[], format: MetricFormat): string {
  const lines = families.flatMap(family => printFamily(family, format));
  if (format === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function printFamily({ name, type, unit, help, samples }: MetricFamily, format: MetricFormat): string[] {
  const full = `${name}${SUFFIXES[type]}`;
  const lines = samples.map(({ labels, value }) => `${full}${printLabels(labels)} ${printNumber(value)}`);
  // The older format has neither units nor infos, and names a family like its samples.
  if (format === 'prometheus') {
    const known = type === 'info' ? 'gauge' : type;
    return [`# HELP ${full} ${escapeLine(help)}`, `# TYPE ${full} ${known}`, ...lines];
  }
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escapeText(help)}`,
    ...lines,
  ];
}

function printLabels(labels: MetricSample['labels'] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}

function printNumber(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeText(text: string): string {
  return escapeLine(text).replaceAll('"', '\\"');
}
