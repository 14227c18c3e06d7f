import { loadBackend, train, type Backend, type ProgramEvent } from 'gan-mnist';
import { compile, type Step } from 'gan-mnist/compiler';

/** Of TensorFlow.js' types only what is needed here: its own do not compile without skipLibCheck. */
interface Variable {
  readonly name: string;
}

const backend: Backend = await loadBackend('auto', 1);
const echo: Step = ({ x }) => ({ y: x });
const variables: ReadonlyMap<Variable, string> = new Map();
const compiled = compile(echo, backend.target, { inputs: { x: { shape: [2] } }, variables });
const executable = await backend.load(compiled);
executable.inputs.x.set([1, 2]);
const [first, second]: Iterable<number> = (await executable.run()).y;
await executable.dispose();
const { folder, epochs } = await train({
  ...{ epochs: 1, limit: 500, seed: 1, threads: 1, outputs: 'outputs' },
});
const event: ProgramEvent = { event: 'warned', message: `${first} ${second}` };
console.log(JSON.stringify({ backend: backend.name, folder, epochs, count: 10, event }));
