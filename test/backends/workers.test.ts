import type * as WorkerThreads from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadBackend, type Executable } from '../../src/backends/index.js';
import { encode } from '../../src/compiler/compile.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { Graph } from '../../src/compiler/graph/graph.js';
import type { WasmStage } from '../../src/compiler/plan/schedule.js';
import { wasmTarget } from '../../src/compiler/target.js';
import {
  br,
  brIf,
  loop,
  unreachable,
  when,
  type Code,
  type Operand,
} from '../../src/compiler/wasm/assembler.js';
import { atomic, i32 } from '../../src/compiler/wasm/instructions.js';
import { taskFunction, type Task, type TaskContext } from '../../src/compiler/wasm/tasks/task.js';
import { compileGraph } from '../support/compile.js';

/** The workers that were started, so that a test can end one. */
const { started, failing } = vi.hoisted(() => ({
  started: [] as WorkerThreads.Worker[],
  /** How many can be started. */
  failing: { from: Infinity },
}));
vi.mock('node:worker_threads', async (original) => {
  const module = await original<typeof WorkerThreads>();
  class Seen extends module.Worker {
    constructor(...parts: ConstructorParameters<typeof module.Worker>) {
      if (started.length >= failing.from) throw new Error('no threads left');
      super(...parts);
      started.push(this);
    }
  }
  return { ...module, Worker: Seen };
});
afterEach(() => {
  started.length = 0;
  failing.from = Infinity;
});

const UNITS = 40;

/** What a task of a test is written with: code that runs on workers only, and where the words of the input are. */
interface Parts {
  readonly onWorker: (...code: Code[]) => Code;
  readonly word: (k: number) => Operand;
}

/**
 * A step of one call on two threads. Each unit writes its number as its element, after what `before` does. The main thread waits
 * in its first unit until the worker has come.
 */
async function loadTask(before: (parts: Parts) => Code): Promise<Executable> {
  const builder = new Builder();
  const x = builder.input('x', [UNITS], 'int32');
  const y = builder.op('Abs', [x], {});
  const graph = { inputs: [x], states: [], outputs: new Map([['y', y]]) };
  const target = wasmTarget(2);
  const { stages, placement } = compileGraph(graph, target);
  const each = ({ addresses: [from, to], scratch, unit }: TaskContext): Code => {
    const word = (k: number): Operand => i32.add(from.get, 4 * k);
    const onWorker = (...code: Code[]): Code => when(i32.ne(scratch.get, placement.end), code);
    return [
      onWorker(atomic.store(word(0), 1)),
      loop(brIf(0, i32.eq(atomic.load(word(0)), 0))),
      before({ onWorker, word }),
      i32.store(i32.add(to.get, i32.mul(unit.get, 4)), unit.get),
    ];
  };
  const size = { arrays: 2, units: UNITS };
  const task: Task = {
    ...size,
    scratch: 64,
    signature: 'a test',
    trap: 'it was to fail',
    function: (name) => taskFunction(name, size, (context) => ({ each: each(context) })),
  };
  const [stage] = stages as WasmStage[];
  const calls = stage.calls.map((call) => ({ ...call, task }));
  const compiled = encode(target, graph, [{ kind: 'wasm', calls }], placement);
  return (await loadBackend('wasm', 2)).load(compiled);
}

const EXP_LENGTH = 20_000;

/** exp(sqrt(x)) of more elements than one thread takes. */
function buildExp(): Graph {
  const builder = new Builder();
  const x = builder.input('x', [EXP_LENGTH], 'float32');
  const y = builder.op('Exp', [builder.op('Sqrt', [x], {})], {});
  return { inputs: [x], states: [], outputs: new Map([['y', y]]) };
}

async function loadExp(threads: number, warnings: string[]): Promise<Executable> {
  const executable = await (
    await loadBackend('wasm', threads)
  ).load(compileGraph(buildExp(), wasmTarget(threads)), {
    warn: (text) => void warnings.push(text),
  });
  executable.inputs.x.set(Float32Array.from({ length: EXP_LENGTH }, (_, k) => k / 1000));
  return executable;
}

const numbers = Array.from({ length: UNITS }, (_, k) => k);

describe('a worker of a step', () => {
  it('shares the work', async () => {
    const executable = await loadTask(() => []);
    expect([...(await executable.run()).y]).toEqual(numbers);
    await executable.dispose();
  });

  it('that traps ends the run with the op and the reason, and the step', async () => {
    const executable = await loadTask(({ onWorker }) => onWorker(unreachable));
    await expect(executable.run()).rejects.toThrow('Abs: it was to fail');
    await expect(executable.run()).rejects.toThrow('the step stopped half way');
    await executable.dispose();
  });

  it('that takes long is waited for, while others have their turn', async () => {
    const executable = await loadTask(({ onWorker, word }) =>
      onWorker(loop(brIf(0, i32.eq(atomic.load(word(1)), 0)))),
    );
    const running = executable.run();
    setTimeout(() => executable.inputs.x.fill(1), 1);
    expect([...(await running).y]).toEqual(numbers);
    await executable.dispose();
  });

  it('that dies at work ends the run with an error', async () => {
    const executable = await loadTask(({ onWorker }) => onWorker(loop(br(0))));
    const running = executable.run();
    setTimeout(() => void started[0].terminate(), 1);
    await expect(running).rejects.toThrow('thread 2 of 2 of the step ended by itself');
    await executable.dispose();
  });

  it('that dies between two runs is said, and the others do the work', async () => {
    const warnings: string[] = [];
    const executable = await loadExp(2, warnings);
    const expected = (await executable.run()).y.slice();
    await started[0].terminate();
    expect((await executable.run()).y).toEqual(expected);
    expect(warnings).toEqual([
      'thread 2 of 2 of the step ended by itself (code 1): the others do the work',
    ]);
    await executable.dispose();
  });

  it('that does not start is said, and the others do the work', async () => {
    const one = await loadExp(1, []);
    failing.from = started.length + 1;
    const warnings: string[] = [];
    const executable = await loadExp(4, warnings);
    expect((await executable.run()).y).toEqual((await one.run()).y);
    expect(warnings).toEqual([
      '2 of the 4 threads of the step do not start (no threads left): the others do the work',
    ]);
    await executable.dispose();
    await one.dispose();
  });
});

it('more threads than work compute what one does', async () => {
  const results = [1, 2, 9].map(async (threads) => {
    const compiled = compileGraph(buildExp(), wasmTarget(threads));
    const units = compiled.stages.flatMap((stage) =>
      stage.kind === 'wasm' ? stage.calls.map(({ task }) => task.units) : [],
    );
    expect(units).toEqual([3]);
    // Of a call's words, the third says how many workers take part: no more than there are units for.
    expect(compiled.program.callWords.words[2]).toBe(Math.min(threads, 3) - 1);
    const executable = await (await loadBackend('wasm', threads)).load(compiled);
    executable.inputs.x.set(Float32Array.from({ length: EXP_LENGTH }, (_, k) => k / 1000));
    const y = (await executable.run()).y.slice();
    await executable.dispose();
    return y;
  });
  const [one, two, nine] = await Promise.all(results);
  expect(two).toEqual(one);
  expect(nine).toEqual(one);
});
