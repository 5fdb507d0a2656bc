// Writes the page `.html` of a stretch: a form for variables and an index range, which works without JavaScript.

import {
  type ArrayPlan,
  attributeTable,
  attributeText,
  ConstraintError,
  DAP2,
  hasRows,
  parseConstraint,
  planArrays,
  type ResponseFormat,
} from '../../../dap/protocol.ts';
import { arrayNav, type ShownStretch } from './array-links.ts';
import { ARRAY_ROOT } from './array-pages.ts';
import { type FormFields, readFields } from './form-fields.ts';
import { type Html, html } from './html.ts';
import { page } from './page.ts';

type ArrayFields = Pick<FormFields, 'columns' | 'first' | 'stride' | 'last'>;

/** The address that a submitted form leads to, relative to the form; undefined if the form itself is the answer. */
export function arrayFormTarget(
  request: ShownStretch,
  formats: readonly ResponseFormat[],
): string | undefined {
  const values = new URLSearchParams(request.query);
  const format = formats.find(({ suffix }) => suffix.slice(1) === values.get('get'));
  if (format === undefined) return undefined;
  const expression = constraintOf(readFields(values), request);
  if ('error' in check(request, expression)) return undefined;
  const query = expression === '' ? '' : `?${expression}`;
  return `${encodeURIComponent(request.name)}${format.suffix}${query}`;
}

/** The form: empty, or filled in, with the mistake in the constraint if there is one. */
export function arrayFormPage(
  request: ShownStretch,
  formats: readonly ResponseFormat[],
): { status: number; page: string } {
  const { dataset, name, query } = request;
  const values = new URLSearchParams(query);
  const submitted = values.has('get') ? readFields(values) : undefined;
  const expression = submitted === undefined ? query : constraintOf(submitted, request);
  const checked = check(request, expression);
  const fields = submitted ?? fieldsOf(checked, request);
  const error = 'error' in checked ? html`<p class="error" role="alert">${checked.error}</p>` : '';
  return {
    status: error === '' ? 200 : 400,
    page: page(
      { heading: `Data of ${dataset.info.title}, ${name}`, root: ARRAY_ROOT, dataset: dataset.info },
      html`${arrayNav(dataset, name, formats)}\n${error}\n${form(request, fields, formats)}`,
    ),
  };
}

type Checked = ArrayPlan | { readonly error: string };

function check({ model, dataset }: ShownStretch, query: string): Checked {
  try {
    return planArrays(parseConstraint(query), model, `conditions work at /${dataset.info.name}`);
  } catch (error) {
    if (error instanceof ConstraintError) return { error: error.message };
    throw error;
  }
}

/** The constraint expression of the fields, percent-encoded; empty for all values. */
function constraintOf({ columns, first, stride, last }: ArrayFields, { model }: ShownStretch): string {
  const names = model.variables.map(({ name }) => name);
  const isAll = first === '' && stride === '' && last === '';
  const range = isAll ? '' : `[${first || '0'}:${stride || '1'}:${last || '*'}]`;
  const asked = columns.length === 0 ? names : columns;
  if (isAll && asked.length === names.length) return '';
  return encodeURIComponent(asked.map(name => `${name}${range}`).join(','));
}

/** The fields for a constraint; the range is that of its first variable. */
function fieldsOf(checked: Checked, { model, stretch }: ShownStretch): ArrayFields {
  const names = model.variables.map(({ name }) => name);
  const [array] = 'arrays' in checked ? checked.arrays : [];
  if (array === undefined || !('arrays' in checked))
    return { columns: names, first: '', stride: '', last: '' };
  const isAll = array.stride === 1 && array.count === stretch.count;
  return {
    columns: checked.arrays.map(({ index }) => names[index]!),
    first: isAll ? '' : String(array.start),
    stride: isAll ? '' : String(array.stride),
    last: isAll ? '' : String(array.start + array.stride * (array.count - 1)),
  };
}

function form(
  { dataset, name, attributes, stretch }: ShownStretch,
  fields: ArrayFields,
  formats: readonly ResponseFormat[],
): Html {
  const columns = dataset.layout.columns.map(column => {
    const table = attributeTable(attributes, column.name);
    const label = `${attributeText(table, 'long_name') ?? ''}, ${attributeText(table, 'units') ?? ''}`;
    const ticked = fields.columns.includes(column.name) ? html` checked` : '';
    return html`<label><input type="checkbox" name="column" value="${column.name}"${ticked}> <code>${column.name}</code></label> (${label})<br>\n`;
  });
  const number = (field: 'first' | 'stride' | 'last', label: string) =>
    html`<label>${label} <input type="number" name="${field}" min="0" value="${fields[field]}"></label>\n`;
  const buttons = formats
    .filter(hasRows)
    .map(
      ({ suffix, label }) =>
        html`<button type="submit" name="get" value="${suffix.slice(1)}">Get ${label} (${suffix})</button>\n`,
    );
  return html`<form action="${name}${DAP2.form.suffix}" method="get">
<fieldset><legend>Variables</legend>
${columns}</fieldset>
<fieldset><legend>Values</legend>
${number('first', 'from')}${number('last', 'to')}${number('stride', 'every')}
<p>Each variable has ${stretch.count} values, counted from 0. Without numbers you get all of them.</p></fieldset>
${buttons}</form>`;
}
