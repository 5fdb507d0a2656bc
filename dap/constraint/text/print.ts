// Prints a constraint: as its canonical text, and percent-encoded for a URL.

import { escaped } from '../../model/names.ts';
import {
  type Call,
  type Comparison,
  type Constraint,
  ENDLESS_STOP,
  type Name,
  type Node,
  type Operand,
  type RowRange,
  type ValueList,
} from './expression.ts';

/** The text of a constraint, and the position of each part of the tree in it. */
export interface PrintedConstraint {
  readonly expression: string;
  readonly positions: ReadonlyMap<Node, number>;
}

/** The digits of `ENDLESS_STOP`. */
const NO_END = '9223372036854775806';

/**
 * The canonical text, for people and logs: `parseConstraint` reads an equal tree back. Only `%` is encoded, as `%25`, because it
 * would begin an escape.
 */
export function printConstraint(constraint: Constraint): string {
  return printWithPositions(constraint).expression.replaceAll('%', '%25');
}

/**
 * The text for the query of a URL: a plain `&` between the clauses, and every character except letters, digits and `-_.~`
 * percent-encoded as UTF-8, so that no HTTP client changes it. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.
 */
export function encodeConstraint(constraint: Constraint): string {
  const printer = new Printer();
  const projections = printer.piece(() => printer.projections(constraint));
  const selections = constraint.selections.map(clause => printer.piece(() => printer.node(clause)));
  return [projections, ...selections].map(encode).join('&');
}

/** The text as it is after decoding, with the positions of its parts. */
export function printWithPositions(constraint: Constraint): PrintedConstraint {
  const printer = new Printer();
  printer.projections(constraint);
  for (const selection of constraint.selections) {
    printer.write('&');
    printer.node(selection);
  }
  return { expression: printer.text, positions: printer.positions };
}

function encode(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]/gu, escaped);
}

/** The name as in a DDS: a character that would end a name, and `%`, as an escape. A dot may be part of the name. */
function escapedName(name: string): string {
  return name.replace(/[^\p{L}\p{M}\p{N}_/\\#+.-]/gu, escaped);
}

class Printer {
  text = '';
  readonly positions = new Map<Node, number>();

  write(text: string): void {
    this.text += text;
  }

  /** The text that `print` adds. */
  piece(print: () => void): string {
    const from = this.text.length;
    print();
    return this.text.slice(from);
  }

  projections({ projections }: Constraint): void {
    this.#list(projections);
  }

  node(node: Operand | ValueList | Comparison): void {
    this.positions.set(node, this.text.length);
    switch (node.kind) {
      case 'name':
        this.#name(node);
        break;
      case 'call':
        this.#call(node);
        break;
      case 'number':
        this.write(printNumber(node.value));
        break;
      case 'text':
        this.write(`"${node.value.replace(/["\\]/g, '\\$&')}"`);
        break;
      case 'time':
        this.write(node.text);
        break;
      case 'list':
        this.write('{');
        this.#list(node.values);
        this.write('}');
        break;
      case 'comparison':
        this.node(node.left);
        this.write(node.operator);
        this.node(node.right);
    }
  }

  #name({ steps }: Name): void {
    steps.forEach((step, index) => {
      this.write(`${index > 0 ? '.' : ''}${escapedName(step.name)}`);
      for (const range of step.indices) {
        this.positions.set(range, this.text.length);
        this.write(printRange(range));
      }
    });
  }

  #call({ name, args }: Call): void {
    this.write(`${escapedName(name)}(`);
    this.#list(args);
    this.write(')');
  }

  #list(nodes: readonly Operand[]): void {
    nodes.forEach((node, index) => {
      if (index > 0) this.write(',');
      this.node(node);
    });
  }
}

/** An index with its brackets. */
export function printRange({ start, stride, stop }: RowRange): string {
  if (start === stop && stride === 1) return `[${start}]`;
  if (stop !== Number.POSITIVE_INFINITY) {
    return `[${start}:${stride}:${stop === ENDLESS_STOP ? NO_END : stop}]`;
  }
  if (stride > 1) return `[${start}:${stride}:*]`;
  return start > 0 ? `[${start}:*]` : '[*]';
}

/** The number in the shortest digits that read back as the same number. */
function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return value > 0 ? 'inf' : '-inf';
}
