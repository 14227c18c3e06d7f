import type { CompiledStep } from '../compiler/compile.js';
import { namesOf, nodeText } from '../compiler/graph/print.js';
import { typeText, type Value } from '../compiler/graph/value.js';
import { opsOf } from '../compiler/plan/print.js';
import { valuesOf, type OnnxStage } from '../compiler/plan/schedule.js';
import { moduleText } from './module-text.js';

/** The ONNX models a node a line, the calls, and the module's functions in WebAssembly's text format. */
export async function encodedText(compiled: CompiledStep): Promise<string> {
  const { graph, stages, models, program } = compiled;
  const names = namesOf(graph);
  const headings = new Map<string, string[]>();
  let call = 0;
  const parts = stages.map((stage, k) => {
    if (stage.kind === 'onnx')
      return `stage ${k}: an ONNX model of ${models.get(stage)!.length} bytes\n${modelText(stage, names)}`;
    const lines = stage.calls.map(({ values, task, operands, results }) => {
      // A call in memory begins with the number of its function.
      const name = `task${program.callWords.words[4 * call++]}`;
      headings.set(name, [...(headings.get(name) ?? []), `stage ${k}: ${opsOf(values)}`]);
      const arrays = [...operands, ...results].map((value) => names.get(value)).join(', ');
      return `  ${name}(${arrays})${task.units > 1 ? `  ${task.units} units` : ''}`;
    });
    return `stage ${k}: calls of the module\n${lines.join('\n')}`;
  });
  const module = await moduleText(program.module, headings);
  return [...parts, `the module, of ${program.module.length} bytes\n${module}`].join('\n\n');
}

function modelText(stage: OnnxStage, names: ReadonlyMap<Value, string>): string {
  const typed = (values: readonly Value[]): string =>
    values.map((value) => `${names.get(value)}: ${typeText(value)}`).join(', ');
  const nodes = valuesOf(stage).filter(({ source }) => source.kind === 'node');
  return [
    `  inputs ${typed(stage.operands)}`,
    ...nodes.map((value) => `  ${nodeText(value, names)}`),
    `  outputs ${typed(stage.results)}`,
  ].join('\n');
}
