// Makes syntax trees of constraints: fast-check arbitraries.

import fc from 'fast-check';
import {
  type Call,
  type Constraint,
  ENDLESS_STOP,
  type Name,
  type Operand,
  type RowRange,
  type Selection,
} from '../../../dap/constraint/index.ts';

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '=~'] as const;

/** Names that cannot be taken for a number or a time; `%`, marks, spaces and letters of other scripts are among them. */
const identifier = fc
  .stringMatching(/^[A-Za-zéµ日_][A-Za-z0-9_é%/\\#+ &"=~(°-]{0,12}$/)
  .filter(name => !/^(?:nan$|inf|now)/i.test(name));

const rowNumber = fc.oneof(fc.nat(20), fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));

export const rowRange: fc.Arbitrary<RowRange> = fc
  .record({ start: rowNumber, stride: rowNumber, length: rowNumber, end: fc.nat(9) })
  .map(({ start, stride, length, end }) => {
    const last = Math.min(start + length, Number.MAX_SAFE_INTEGER);
    const stop = end === 0 ? Number.POSITIVE_INFINITY : end === 1 ? ENDLESS_STOP : last;
    return { start, stride: Math.max(1, stride), stop };
  });

const indexedName: fc.Arbitrary<Name> = fc.record({
  kind: fc.constant('name' as const),
  steps: fc.array(fc.record({ name: identifier, indices: fc.array(rowRange, { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
});

const plainName: fc.Arbitrary<Name> = indexedName.map(({ kind, steps }) => ({
  kind,
  steps: steps.map(({ name }) => ({ name, indices: [] })),
}));

const constant: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary' }) }),
  fc.record({
    kind: fc.constant('time' as const),
    text: fc.constantFrom(
      'now',
      'now-10minutes',
      'now+1.5hours',
      '2026-11-21',
      '2026-11-21T10:00:00.25+01:00',
    ),
  }),
);

const { call } = fc.letrec<{ call: Call; argument: Operand }>(tie => ({
  call: fc.record({
    kind: fc.constant('call' as const),
    name: identifier,
    args: fc.array(tie('argument'), { maxLength: 3 }),
  }),
  argument: fc.oneof({ maxDepth: 3 }, constant, indexedName, tie('call')),
}));

const operand: fc.Arbitrary<Operand> = fc.oneof(constant, plainName, call);

const selection: fc.Arbitrary<Selection> = fc.oneof(
  fc.record({
    kind: fc.constant('comparison' as const),
    left: operand,
    operator: fc.constantFrom(...OPERATORS),
    right: fc.oneof(
      operand,
      fc.record({
        kind: fc.constant('list' as const),
        values: fc.array(operand, { minLength: 1, maxLength: 4 }),
      }),
    ),
  }),
  call,
);

export const constraint: fc.Arbitrary<Constraint> = fc.record({
  projections: fc.array(fc.oneof(indexedName, call), { maxLength: 4 }),
  selections: fc.array(selection, { maxLength: 4 }),
});

/** Pieces that constraint expressions are made of, so that random texts get further than their first character. */
export const nearlyConstraint: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['sensor', '.', 'time', ',', '&', '[', ']', ':', '*', '0', '9', '(', ')', '{', '}', '"', '\\'],
        ...[
          '=',
          '!',
          '<',
          '>',
          '~',
          '%',
          '%22',
          '%26',
          '%c3%a9',
          '%ff',
          '+',
          '-',
          'now',
          '-1day',
          '1.5e',
          'NaN',
          ' ',
        ],
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map(pieces => pieces.join(''));
