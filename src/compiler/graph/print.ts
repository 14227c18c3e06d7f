import { rootsOf, type Graph } from './graph.js';
import { topological, typeText, type Value } from './value.js';

/** What texts call each value of a graph: inputs and states by their names, the others by their line in {@link printGraph}. */
export function namesOf(graph: Graph): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  let line = 0;
  for (const value of [...graph.inputs, ...graph.states.map(({ current }) => current)]) {
    const { source } = value;
    if (source.kind !== 'input' && source.kind !== 'state') continue;
    names.set(value, source.name);
    line++;
  }
  for (const value of topological(rootsOf(graph))) {
    const { source } = value;
    if (source.kind === 'constant')
      names.set(
        value,
        source.data.length === 1
          ? `${source.data[0]}${value.shape.length === 0 ? '' : ` [${value.shape.join(', ')}]`}`
          : `constant ${typeText(value)}`,
      );
    if (source.kind === 'node') names.set(value, `%${line++}`);
  }
  return names;
}

/**
 * The graph as text, a value a line, numbered in the order of computation.
 *
 * @param note what stands after a value that is computed.
 */
export function printGraph(graph: Graph, note: (value: Value) => string = () => ''): string {
  const names = namesOf(graph);
  const declared = [...graph.inputs, ...graph.states.map(({ current }) => current)];
  const computed = topological(rootsOf(graph)).filter(({ source }) => source.kind === 'node');
  return [
    ...declared.map((value) => declarationText(value)),
    ...computed.map((value) => {
      const after = note(value);
      return `${nodeText(value, names)}${after && `  ${after}`}`;
    }),
    ...[...graph.outputs].map(([name, value]) => `output ${name} = ${names.get(value)}`),
    ...graph.states
      .filter(({ current, next }) => next !== current)
      .map(({ name, next }) => `next ${name} = ${names.get(next)}`),
  ].join('\n');
}

function declarationText(value: Value): string {
  const { source } = value;
  if (source.kind !== 'input' && source.kind !== 'state') return '';
  const draw = source.kind === 'input' && source.draw ? ` ${JSON.stringify(source.draw)}` : '';
  return `${source.kind} ${source.name}: ${typeText(value)}${draw}`;
}

/** What computes a value, as `%4 = Gemm(%3, weights, transB=true) : f32[100, 128]`. */
export function nodeText(value: Value, names: ReadonlyMap<Value, string>): string {
  const { source } = value;
  if (source.kind !== 'node') return '';
  const operands = source.operands.map((operand) => names.get(operand) ?? '?');
  const attributes = Object.entries(source.attributes).map(
    ([key, x]) => `${key}=${JSON.stringify(x)}`,
  );
  const call = `${source.op}(${[...operands, ...attributes].join(', ')})`;
  return `${names.get(value)} = ${call} : ${typeText(value)}`;
}
