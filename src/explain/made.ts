import type { Phases } from '../compiler/compile.js';
import { rootsOf, type Graph } from '../compiler/graph/graph.js';
import { topological } from '../compiler/graph/value.js';

/** In a few words what a phase made. */
export function madeText(phase: Exclude<keyof Phases, 'rewrite'>, made: Phases): string {
  const { stages, placement, program, models } = made.encode;
  const calls = stages.flatMap((stage) => (stage.kind === 'wasm' ? stage.calls : []));
  switch (phase) {
    case 'trace': {
      const { inputs, states, outputs } = made.trace;
      const draws = inputs.filter(({ source }) => source.kind === 'input' && source.draw);
      const own = [
        many(inputs.length - draws.length, 'input'),
        ...(draws.length > 0 ? [many(draws.length, 'random draw')] : []),
        many(states.length, 'variable'),
        many(outputs.size, 'output'),
      ];
      return `${many(opsIn(made.trace), 'op')}; ${own.join(', ')}`;
    }
    case 'simplify':
      return many(opsIn(made.simplify), 'op');
    case 'assign': {
      const engines = [...made.assign.values()];
      const of = (name: string): number => engines.filter((engine) => engine === name).length;
      return `${of('wasm')} to generated code, ${of('onnx')} to ONNX Runtime`;
    }
    case 'schedule':
      return `${many(stages.length, 'stage')}: ${models.size > 0 ? `${many(models.size, 'ONNX graph')}, ` : ''}${many(calls.length, 'call')} of generated code`;
    case 'place': {
      const { copies, end } = placement;
      return `${(end / 2 ** 20).toFixed(1)} MB; next values copied at the end: ${copies.length}`;
    }
    case 'encode': {
      const functions = new Set(calls.map(({ task }) => task.signature)).size;
      const bytes = [...models.values()].reduce((sum, { length }) => sum + length, 0);
      const module = `a module of ${many(functions, 'function')} (${kilobytes(program.module.length)})`;
      return models.size === 0
        ? module
        : `${many(models.size, 'ONNX model')} (${kilobytes(bytes)}), ${module}`;
    }
  }
}

const opsIn = (graph: Graph): number =>
  topological(rootsOf(graph)).filter(({ source }) => source.kind === 'node').length;

export const many = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`;
