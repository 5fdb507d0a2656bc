// Writes the page `.html`: a form for columns, conditions and rows, which works without JavaScript.

import {
  attributeTable,
  attributeText,
  type Constraint,
  ConstraintError,
  DAP2,
  encodeConstraint,
  isEndless,
  type Plan,
  parseConstraint,
  planConstraint,
  type ResponseFormat,
  type Sequence,
} from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { stretchNav } from './array-links.ts';
import {
  constraintOf,
  type FormFields,
  fieldsOf,
  initialFields,
  readFields,
  SELECTION_ROWS,
} from './form-fields.ts';
import { type Html, html } from './html.ts';
import { links } from './links.ts';
import { page } from './page.ts';

const OPERATORS = ['>=', '>', '<=', '<', '=', '!='];

/** The button that shows the addresses instead of following one. */
const LINK_BUTTON = 'link';

/** Functions that the form suggests. */
const FUNCTIONS = [
  'bucket("time/1minute")',
  'orderByMean("time/10minutes")',
  'orderByClosest("time/10minutes")',
  'orderByLimit("time/1hour,1")',
] as const;

/** The button that checks a constraint as it was typed. */
const CONSTRAINT_BUTTON = 'constraint';

/** A submitted form: its fields, and the format of the button that was pressed; undefined for the button for the link. */
interface Submission {
  readonly format: ResponseFormat | undefined;
  readonly fields: FormFields;
}

/** A query that comes from the form names the button that was pressed; a constraint expression never does. */
function submissionOf(query: string, formats: readonly ResponseFormat[]): Submission | undefined {
  const values = new URLSearchParams(query);
  const button = values.get('get');
  const format = constrained(formats).find(candidate => buttonOf(candidate) === button);
  return format === undefined && button !== LINK_BUTTON ? undefined : { format, fields: readFields(values) };
}

/** The formats that a constraint changes: the form has a button for each. */
function constrained(formats: readonly ResponseFormat[]): ResponseFormat[] {
  return formats.filter(({ constrainedBy }) => constrainedBy !== 'nothing');
}

function buttonOf({ suffix }: ResponseFormat): string {
  return suffix.slice(1);
}

/** The address that a submitted form leads to, relative to the form; undefined if the form itself is the answer. */
export function formTarget(
  dataset: Dataset,
  query: string,
  now: number,
  formats: readonly ResponseFormat[],
): string | undefined {
  const values = new URLSearchParams(query);
  if (values.get('get') === CONSTRAINT_BUTTON) {
    const typed = (values.get('constraint') ?? '').trim();
    return `${dataset.info.name}${DAP2.form.suffix}${typed === '' ? '' : `?${encodeURIComponent(typed)}`}`;
  }
  const { format, fields } = submissionOf(query, formats) ?? {};
  if (format === undefined || fields === undefined) return undefined;
  const checked = check(dataset, constraintOf(fields, sequenceOf(dataset)), now);
  return 'encoded' in checked ? address(dataset, format, checked.encoded) : undefined;
}

/** The form: empty, or filled in, with the addresses of the data or with the mistake in the constraint. */
export function formPage(
  dataset: Dataset,
  query: string,
  now: number,
  formats: readonly ResponseFormat[],
  root: string,
): { status: number; page: string } {
  const sequence = sequenceOf(dataset);
  const submission = submissionOf(query, formats);
  const expression = submission === undefined ? query : constraintOf(submission.fields, sequence);
  const checked = check(dataset, expression, now);
  const wrong = 'error' in checked;
  const given =
    wrong || expression === ''
      ? initialFields(sequence)
      : fieldsOf(checked.constraint, checked.plan, sequence);
  const fields = submission?.fields ?? given;
  const answer = wrong
    ? html`<p class="error" role="alert">${checked.error}</p>${submission === undefined ? typedConstraint(dataset, expression) : ''}`
    : expression === ''
      ? ''
      : addressesOf(dataset, checked, formats);
  const body = html`${links(dataset, formats)}\n${stretchNav(dataset, now)}\n${answer}\n${form(dataset, fields, formats)}`;
  return {
    status: wrong ? 400 : 200,
    page: page({ heading: `Data of ${dataset.info.title}`, root, dataset: dataset.info, here: 'form' }, body),
  };
}

/** A field with the constraint of an address that is wrong, to mend it: the fields of the form cannot show it. */
function typedConstraint({ info }: Dataset, expression: string): Html {
  return html`
<form action="${info.name}${DAP2.form.suffix}" method="get">
<p><label>The constraint <input class="wider" name="constraint" value="${decoded(expression)}" autocapitalize="none" spellcheck="false"></label></p>
<button type="submit" name="get" value="${CONSTRAINT_BUTTON}">Check the constraint</button></form>`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface CheckedConstraint {
  readonly constraint: Constraint;
  readonly plan: Plan;
  readonly encoded: string;
}

type ConstraintCheck = CheckedConstraint | { readonly error: string };

function check(dataset: Dataset, expression: string, now: number): ConstraintCheck {
  try {
    const constraint = parseConstraint(expression);
    const plan = planConstraint(constraint, dataset.model, { now });
    return { constraint, plan, encoded: encodeConstraint(constraint) };
  } catch (error) {
    if (error instanceof ConstraintError) return { error: error.message };
    throw error;
  }
}

function address({ info }: Dataset, { suffix }: ResponseFormat, encoded: string): string {
  return `${info.name}${suffix}${encoded === '' ? '' : `?${encoded}`}`;
}

function addressesOf(
  dataset: Dataset,
  { encoded, plan }: CheckedConstraint,
  formats: readonly ResponseFormat[],
): Html {
  const answered = constrained(formats).filter(({ needsEnd }) => needsEnd !== true || !isEndless(plan));
  const items = answered.map(format => {
    const target = address(dataset, format, encoded);
    return html`<li><a href="${target}"><code>${target}</code></a></li>\n`;
  });
  return html`<p>The addresses of these rows:</p>\n<ul>\n${items}</ul>`;
}

function form(dataset: Dataset, fields: FormFields, formats: readonly ResponseFormat[]): Html {
  const sequence = sequenceOf(dataset);
  const columns = sequence.fields.map(({ name }) => {
    const table = attributeTable(dataset.attributes, dataset.layout.name, name);
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
  const button = (value: string, text: string) =>
    html`<button type="submit" name="get" value="${value}">${text}</button>\n`;
  const buttons = constrained(formats).map(format =>
    button(buttonOf(format), `Get ${format.label} (${format.suffix})`),
  );
  const number = (name: keyof FormFields & string, label: string) =>
    html`<label>${label} <input type="number" name="${name}" min="0" value="${String(fields[name])}"></label>\n`;
  return html`<form action="${dataset.info.name}${DAP2.form.suffix}" method="get">
<fieldset><legend>Columns</legend>
${columns}</fieldset>
<fieldset><legend>Only rows where</legend>
${selections}
<p>Write a time as seconds since 1970, <code>now-10minutes</code> or <code>2026-01-31T12:00:00Z</code>. With a condition on time
the response begins with the oldest row that can match. A condition without a value is ignored.</p></fieldset>
<fieldset><legend>Fewer rows</legend>
<p><label>by the function <input name="thinning" size="40" list="functions" value="${fields.thinning}"></label></p>
<datalist id="functions">${FUNCTIONS.map(example => html`<option value="${example}"></option>`)}</datalist>
<p>For example <code>${FUNCTIONS[0]}</code> gives one row a minute with the least, the mean and the greatest value of each column.
The <a href="${dataset.info.name}${DAP2.help.suffix}">help</a> lists all functions.</p></fieldset>
<fieldset><legend>Range of these rows</legend>
${number('first', 'from')}${number('last', 'to')}${number('stride', 'every')}
<p>The first row is row 0. Without a last row and without an upper bound on time the response never ends.</p></fieldset>
${buttons}${button(LINK_BUTTON, 'Show the link')}</form>`;
}

function options(values: readonly string[], chosen: string): Html[] {
  return values.map(value => html`<option${value === chosen ? html` selected` : ''}>${value}</option>`);
}

function sequenceOf({ model }: Dataset): Sequence {
  return model.variables[0] as Sequence;
}
