// Writes the page `.help`: the addresses of a dataset and the constraint expressions, with examples that work.

import type { FastifyRequest } from 'fastify';
import { DAP2, type ResponseFormat, type Sequence, suffixesOf } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type StretchLink, stretchLinks, stretchNav } from './array-links.ts';
import { type Html, html } from './html.ts';
import { links } from './links.ts';
import { ownAddress, rootOf } from './own-address.ts';
import { page } from './page.ts';

export function helpPage(
  dataset: Dataset,
  formats: readonly ResponseFormat[],
  request: FastifyRequest,
): string {
  const base = ownAddress(request);
  const [sequence] = dataset.model.variables as readonly [Sequence];
  const last = sequence.fields.at(-1)!.name;
  const s = sequence.name;
  const examples = [
    ['', 'every column, from the next row on, for ever'],
    [`${s}.time,${s}.${last}`, 'two columns'],
    [`time,${last}`, 'the same two columns, in short'],
    [`${s}[0:1:9]`, 'the next ten rows, then the end'],
    [`${s}[0:60:*]`, 'every sixtieth row'],
    [`&${s}.time>=now-10minutes`, 'the rows of the last ten minutes, then the live rows'],
    [`&${s}.time>=now-10minutes&${s}.time<=now`, 'the same rows without the live ones, then the end'],
    [`${s}.${last}[0:1:9]&${s}.${last}>20`, 'one column of the first ten rows that meet the condition'],
    [`&${s}.${last}!={20,21}`, 'a list of values means "or"'],
  ] as const;
  const functions = [
    [
      `&time>=now-1day&bucket("time/1minute")`,
      'one row a minute: the beginning of the minute, the number of its rows, and for each column the number of values, the least, the mean and the greatest',
    ],
    [`time,${last}_mean&time>=now-1day&bucket("time/1minute")`, 'two columns of these rows'],
    [`&time>=now-1day&orderByMean("time/10minutes")`, 'the means of each ten minutes'],
    [`&time>=now-1day&orderByCount("time/1hour")`, 'the number of values of each column in each hour'],
    [
      `&time>=now-1day&orderByMinMax("time/1hour,${last}")`,
      `for each hour the rows with the least and the greatest ${last}`,
    ],
    [`&time>=now-1hour&time<now&orderByMax("${last}")`, `the row with the greatest ${last} of the last hour`],
    [`&time>=now-1day&orderByClosest("time/10minutes")`, 'the row nearest to each multiple of ten minutes'],
    [`&time>=now-1day&orderByLimit("time/1hour,3")`, 'the first three rows of each hour'],
  ] as const;
  const { name } = dataset.info;
  const now = Date.now() / 1000;
  const [stretch] = stretchLinks(dataset, now);
  return page(
    { heading: `Addresses of ${name}`, root: rootOf(request), dataset: dataset.info, here: 'help' },
    html`${links(dataset, formats)}
${stretchNav(dataset, now)}
<p>This server speaks <a href="https://www.opendap.org/">OPeNDAP</a>'s DAP2. An address is the name of the dataset, <code>${name}</code>, and a suffix:</p>
<table>${formats.map(format => html`<tr><td>${addresses(name, format)}</td><td>${format.summary}</td></tr>\n`)}</table>
${optionsOf(formats)}<h2>Constraints</h2>
<p>Write a constraint after <code>?</code>: first the columns, separated by commas, then conditions, each after <code>&amp;</code>.
A condition is <code>${s}.COLUMN OPERATOR VALUE</code> without blanks; the operators are <code>= != &lt; &lt;= &gt; &gt;=</code>.
A range <code>[first:stride:last]</code> counts the rows that meet the conditions, from 0, and includes the last one;
<code>*</code> means no end. Times are seconds since 1970, <code>now</code>, <code>now-10minutes</code> (seconds to years), or
<code>2026-01-31T12:00:00Z</code>.</p>
<table>${examples.map(
      ([ce, text]) =>
        html`<tr><td><a href="${name}${DAP2.form.suffix}?${encodeURI(ce)}"><code>?${ce}</code></a></td><td>${text}</td></tr>\n`,
    )}</table>
<h2>Thinning out</h2>
<p>To get fewer rows, write one function after <code>&amp;</code>. It sees the rows that meet the conditions. The server sends the result of
an interval when the first row of a later interval comes. Intervals are <code>time/60</code> (seconds), <code>time/60:30</code> (the same from second 30 on), <code>time/10minutes</code>,
<code>time/1day</code> or <code>time/1month</code>. Functions leave out missing values. A range counts the results.</p>
<table>${functions.map(
      ([ce, text]) =>
        html`<tr><td><a href="${name}${DAP2.form.suffix}?${encodeURI(ce)}"><code>?${ce}</code></a></td><td>${text}</td></tr>\n`,
    )}</table>
<h2>Fixed stretches of time</h2>
<p>Programs on netCDF's library (xarray, netCDF4, NCO, CDO, R, Octave) cannot read the Sequence. Give them a stretch of time that is
over, as Arrays: <code>${name}/2026-11-28</code> (a UTC day), <code>${name}/2026-11</code>, <code>${name}/2026</code>, or
<code>${name}/2026-11-28T06:00:00Z..2026-11-28T18:00:00Z</code>, which has no row of its end.</p>
<h2>From a terminal</h2>
<p><code>past/${name}</code> is the same dataset, whose rows end with the newest one: for programs that read a response to its end.</p>
<pre tabindex="0">curl -N '${base}/${name}${DAP2.ascii.suffix}'
curl -OJ '${base}/past/${name}.csv?&amp;time&gt;=now-1day'
curl -OJ '${base}/past/${name}.nc?&amp;time&gt;=now-1day'
curl '${base}/${name}/latest.json'
getdap -D -c 'time,${last}' ${base}/past/${name}
${arrays(stretch, base, last)}</pre>
<p>An error is a DAP2 Error object. A wrong constraint gives status 400, with the position, what was expected and what was found.</p>`,
  );
}

/** Commands that read a stretch; nothing if none can be read now. */
function arrays(stretch: StretchLink | undefined, base: string, column: string): string {
  if (stretch === undefined) return '';
  const address = `${base}/${stretch.url}`;
  return `ncdump -v ${column} ${address}
python3 -c "import xarray; print(xarray.open_dataset('${address}'))"`;
}

/** The options of formats, each with its formats and its values; nothing without an option. */
function optionsOf(formats: readonly ResponseFormat[]): Html | '' {
  const rows = formats.flatMap(({ suffix, options = [] }) =>
    options.map(
      ({ name, values, summary }) =>
        html`<tr><td><code>${suffix}</code></td><td>${values.map(value => html`<code>&amp;${name}=${value}</code> `)}</td><td>${summary}</td></tr>\n`,
    ),
  );
  if (rows.length === 0) return '';
  return html`<h2>Options</h2>
<p>Write options of a format after <code>?</code>, beside the constraint. The first value is the default.</p>
<table>${rows}</table>
`;
}

/** The addresses of a format, one a line. */
function addresses(name: string, format: ResponseFormat): Html {
  return html`${suffixesOf(format).map(suffix => html`<code>${name}${suffix}</code><br>`)}`;
}
