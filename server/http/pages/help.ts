// Writes the page `.help`: the addresses of a dataset and the constraint expressions, with examples that work.

import { DAP2, type ResponseFormat, type Sequence, suffixesOf } from '../../../dap/index.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type Html, html, page } from './html.ts';
import { links } from './links.ts';
import { STYLE_PATH } from './style.ts';

export function helpPage(dataset: Dataset, formats: readonly ResponseFormat[]): string {
  const [sequence] = dataset.model.variables as readonly [Sequence];
  const last = sequence.fields.at(-1)!.name;
  const s = sequence.name;
  const examples = [
    ['', 'every column, from the next row on, for ever'],
    [`${s}.time,${s}.${last}`, 'two columns'],
    [`time,${last}`, 'the same in short'],
    [`${s}[0:1:9]`, 'the next ten rows, then the end'],
    [`${s}[0:60:*]`, 'every sixtieth row'],
    [
      `&${s}.time>=now-10minutes`,
      'the rows of the last ten minutes that the server holds, then the live ones',
    ],
    [`&${s}.time>=now-10minutes&${s}.time<=now`, 'the same without the live ones: it ends'],
    [`${s}.${last}[0:1:9]&${s}.${last}>20`, 'one column of the first ten rows that match'],
    [`&${s}.${last}!={20,21}`, 'a list of values means "or"'],
  ] as const;
  const functions = [
    [
      `&time>=now-1day&bucket("time/1minute")`,
      'a row a minute: its beginning, how many rows it has, and of each column how many values, the least, the mean and the greatest',
    ],
    [`time,${last}_mean&time>=now-1day&bucket("time/1minute")`, 'of these, two columns'],
    [`&time>=now-1day&orderByMean("time/10minutes")`, 'the means of each ten minutes'],
    [`&time>=now-1day&orderByCount("time/1hour")`, 'how many values each column has in each hour'],
    [
      `&time>=now-1day&orderByMinMax("time/1hour,${last}")`,
      `of each hour the rows with the least and the greatest ${last}`,
    ],
    [`&time>=now-1hour&time<now&orderByMax("${last}")`, `of the last hour the row with the greatest ${last}`],
    [`&time>=now-1day&orderByClosest("time/10minutes")`, 'the rows nearest to each ten minutes'],
    [`&time>=now-1day&orderByLimit("time/1hour,3")`, 'the first three rows of each hour'],
  ] as const;
  const { name } = dataset.info;
  return page(
    `How to ask for ${name}`,
    `.${STYLE_PATH}`,
    html`${links(dataset, formats)}
<p>This server speaks <a href="https://www.opendap.org/">OPeNDAP</a>'s DAP2. Every address is the dataset's, <code>${name}</code>, and a suffix:</p>
<table>${formats.map(format => html`<tr><td>${addresses(name, format)}</td><td>${format.summary}</td></tr>\n`)}</table>
<h2>Constraints</h2>
<p>After <code>?</code> comes what you want: columns, separated by commas, then conditions, each after <code>&amp;</code>:
<code>${s}.COLUMN OPERATOR VALUE</code> without blanks, with <code>= != &lt; &lt;= &gt; &gt;=</code>. A range <code>[first:stride:last]</code> counts the rows that match, from 0, the last one included;
<code>*</code> means no end. Times are seconds since 1970, <code>now</code>, <code>now-10minutes</code> (seconds to years), or
<code>2026-01-31T12:00:00Z</code>.</p>
<table>${examples.map(
      ([ce, text]) =>
        html`<tr><td><a href="${name}${DAP2.form.suffix}?${encodeURI(ce)}"><code>?${ce}</code></a></td><td>${text}</td></tr>\n`,
    )}</table>
<h2>Thinning out</h2>
<p>One function after <code>&amp;</code> makes fewer rows of those that meet the conditions, as they come: a result leaves when a row of a later
interval has come. Intervals are <code>time/60</code> (seconds), <code>time/60:30</code> (the same from second 30 on), <code>time/10minutes</code>,
<code>time/1day</code> or <code>time/1month</code>. Missing values are left out. A range counts the results.</p>
<table>${functions.map(
      ([ce, text]) =>
        html`<tr><td><a href="${name}${DAP2.form.suffix}?${encodeURI(ce)}"><code>?${ce}</code></a></td><td>${text}</td></tr>\n`,
    )}</table>
<h2>From a terminal</h2>
<pre>curl -N 'http://THIS-SERVER/${name}${DAP2.ascii.suffix}'
getdap -D -c '${s}[0:1:9]' http://THIS-SERVER/${name}
ncdump -h '[limit=10]http://THIS-SERVER/${name}'</pre>
<p>Errors are DAP2 Error objects; a wrong constraint gives status 400 and says where and what was expected.</p>`,
  );
}

/** The addresses of a format, one a line. */
function addresses(name: string, format: ResponseFormat): Html {
  return html`${suffixesOf(format).map(suffix => html`<code>${name}${suffix}</code><br>`)}`;
}
