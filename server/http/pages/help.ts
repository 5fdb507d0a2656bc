// Writes the page `.help`: the addresses of a dataset and the constraint expressions, with examples that work.

import { DAP2, type ResponseFormat, type Sequence, suffixesOf } from '../../../dap/protocol.ts';
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
    [`time,${last}`, 'the same two columns, in short'],
    [`${s}[0:1:9]`, 'the next ten rows, then the end'],
    [`${s}[0:60:*]`, 'every sixtieth row'],
    [`&${s}.time>=now-10minutes`, 'the rows of the last ten minutes that are in memory, then the live rows'],
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
  return page(
    `Addresses of ${name}`,
    `.${STYLE_PATH}`,
    html`${links(dataset, formats)}
<p>This server speaks <a href="https://www.opendap.org/">OPeNDAP</a>'s DAP2. An address is the name of the dataset, <code>${name}</code>, and a suffix:</p>
<table>${formats.map(format => html`<tr><td>${addresses(name, format)}</td><td>${format.summary}</td></tr>\n`)}</table>
<h2>Constraints</h2>
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
<h2>From a terminal</h2>
<pre>curl -N 'http://THIS-SERVER/${name}${DAP2.ascii.suffix}'
getdap -D -c '${s}[0:1:9]' http://THIS-SERVER/${name}
ncdump -h '[limit=10]http://THIS-SERVER/${name}'</pre>
<p>An error is a DAP2 Error object. A wrong constraint gives status 400, with the position, what was expected and what was found.</p>`,
  );
}

/** The addresses of a format, one a line. */
function addresses(name: string, format: ResponseFormat): Html {
  return html`${suffixesOf(format).map(suffix => html`<code>${name}${suffix}</code><br>`)}`;
}
