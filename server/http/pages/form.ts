// How does a person without a program ask for data? `.html`, a form that works without JavaScript.

import {
  attributeTable,
  attributeText,
  type Constraint,
  ConstraintError,
  encodeConstraint,
  type Plan,
  parseConstraint,
  planConstraint,
  type Sequence,
} from '../../../dap/index.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { SEQUENCE_NAME } from '../../dataset/describe.ts';
import {
  constraintOf,
  type FormFields,
  fieldsOf,
  initialFields,
  readFields,
  SELECTION_ROWS,
} from './form-fields.ts';
import { type Html, html, page } from './html.ts';
import { links } from './links.ts';
import { STYLE_PATH } from './style.ts';

const OPERATORS = ['>=', '>', '<=', '<', '=', '!='];

/** What the form's buttons get. `link` shows the address instead of following it. */
const BUTTONS = [
  ['asc', 'Get text (.asc)'],
  ['dods', 'Get binary (.dods)'],
  ['dds', 'Get structure (.dds)'],
  ['link', 'Show the link'],
] as const;

/** Functions that the form suggests. */
const FUNCTIONS = [
  'bucket("time/1minute")',
  'orderByMean("time/10minutes")',
  'orderByClosest("time/10minutes")',
  'orderByLimit("time/1hour,1")',
] as const;

/** A query that comes from the form names the button that was pressed; a constraint expression never does. */
function submitted(query: string): { get: string; fields: FormFields } | undefined {
  const values = new URLSearchParams(query);
  const get = values.get('get');
  return BUTTONS.some(([name]) => name === get) ? { get: get!, fields: readFields(values) } : undefined;
}

/** Where the form's data buttons lead, relative to the form; undefined where the form itself is to be shown. */
export function formTarget(dataset: Dataset, query: string, now: number): string | undefined {
  const asked = submitted(query);
  if (asked === undefined || asked.get === 'link') return undefined;
  const checked = check(dataset, constraintOf(asked.fields, sequenceOf(dataset)), now);
  return 'encoded' in checked ? address(dataset, asked.get, checked.encoded) : undefined;
}

/** The form: as it begins, or with what was chosen and the link or what is wrong with it. */
export function formPage(dataset: Dataset, query: string, now: number): { status: number; page: string } {
  const sequence = sequenceOf(dataset);
  const asked = submitted(query);
  const expression = asked === undefined ? query : constraintOf(asked.fields, sequence);
  const checked = check(dataset, expression, now);
  const wrong = 'error' in checked;
  const given =
    wrong || expression === ''
      ? initialFields(sequence)
      : fieldsOf(checked.constraint, checked.plan, sequence);
  const fields = asked?.fields ?? given;
  const answer = wrong
    ? html`<p class="error" role="alert">${checked.error}</p>`
    : expression === ''
      ? ''
      : linkFor(dataset, checked.encoded);
  const { title } = dataset.info;
  const body = html`${links(dataset)}\n${answer}\n${form(dataset, fields)}`;
  return { status: wrong ? 400 : 200, page: page(`Data of ${title}`, `.${STYLE_PATH}`, body) };
}

type Checked =
  | { readonly constraint: Constraint; readonly plan: Plan; readonly encoded: string }
  | { readonly error: string };

function check(dataset: Dataset, expression: string, now: number): Checked {
  try {
    const constraint = parseConstraint(expression);
    const plan = planConstraint(constraint, dataset.model, { now });
    return { constraint, plan, encoded: encodeConstraint(constraint) };
  } catch (error) {
    if (error instanceof ConstraintError) return { error: error.message };
    throw error;
  }
}

function address({ info }: Dataset, suffix: string, encoded: string): string {
  return `${info.name}.${suffix}${encoded === '' ? '' : `?${encoded}`}`;
}

function linkFor(dataset: Dataset, encoded: string): Html {
  const items = ['asc', 'dods', 'dds'].map(suffix => {
    const target = address(dataset, suffix, encoded);
    return html`<li><a href="${target}"><code>${target}</code></a></li>\n`;
  });
  return html`<p>What you asked for lies at</p>\n<ul>\n${items}</ul>`;
}

function form(dataset: Dataset, fields: FormFields): Html {
  const sequence = sequenceOf(dataset);
  const columns = sequence.fields.map(({ name }) => {
    const table = attributeTable(dataset.attributes, SEQUENCE_NAME, name);
    const label = `${attributeText(table, 'long_name') ?? ''}, ${attributeText(table, 'units') ?? ''}`;
    const ticked = fields.columns.includes(name) ? html` checked` : '';
    return html`<label><input type="checkbox" name="column" value="${name}"${ticked}> <code>${name}</code></label> (${label})<br>\n`;
  });
  const selections = Array.from(
    { length: Math.max(SELECTION_ROWS, fields.selections.length) },
    (_, index) => {
      const { variable = 'time', operator = '>=', value = '' } = fields.selections[index] ?? {};
      return html`<p>
<select name="variable" aria-label="column ${index + 1}">${options(
        sequence.fields.map(field => field.name),
        variable,
      )}</select>
<select name="operator" aria-label="operator ${index + 1}">${options(OPERATORS, operator)}</select>
<input name="value" aria-label="value ${index + 1}" value="${value}">
</p>\n`;
    },
  );
  const buttons = BUTTONS.map(
    ([name, label]) => html`<button type="submit" name="get" value="${name}">${label}</button>\n`,
  );
  const number = (name: keyof FormFields & string, label: string) =>
    html`<label>${label} <input type="number" name="${name}" min="0" value="${String(fields[name])}"></label>\n`;
  return html`<form action="${dataset.info.name}.html" method="get">
<fieldset><legend>Columns</legend>
${columns}</fieldset>
<fieldset><legend>Only rows where</legend>
${selections}
<p>A time is in seconds since 1970, or <code>now-10minutes</code>, or <code>2026-01-31T12:00:00Z</code>. With a lower or upper
bound on time the rows that the server still holds come first. A selection without a value is left out.</p></fieldset>
<fieldset><legend>Thinned out</legend>
<p><label>by the function <input name="thinning" size="40" list="functions" value="${fields.thinning}"></label></p>
<datalist id="functions">${FUNCTIONS.map(example => html`<option value="${example}"></option>`)}</datalist>
<p>Such as <code>${FUNCTIONS[0]}</code>, a row a minute with the least, the mean and the greatest value of each column. More of them:
<a href="${dataset.info.name}.help">help</a>.</p></fieldset>
<fieldset><legend>Of those, the rows</legend>
${number('first', 'from')}${number('last', 'to')}${number('stride', 'every')}
<p>Counted from 0. Without a last row, and without an upper bound on time, the answer never ends.</p></fieldset>
${buttons}</form>`;
}

function options(values: readonly string[], chosen: string): Html[] {
  return values.map(value => html`<option${value === chosen ? html` selected` : ''}>${value}</option>`);
}

function sequenceOf({ model }: Dataset): Sequence {
  return model.variables[0] as Sequence;
}
