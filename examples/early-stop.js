// Trains until an epoch's images are as diverse as is wanted, and says how each epoch went.
// node examples/early-stop.js [FOLDER OF ALL RUNS] [DIVERSITY] [IMAGES]
import { train } from 'gan-mnist';

const [outputs = 'outputs', wanted = '0.8', limit = '60000'] = process.argv.slice(2);
const enough = new AbortController();

const follower = {
  started: ({ folder }) => console.log(`training in ${folder}`),
  epoch: ({ row: { epoch, scalars, measures } }) => {
    const losses = Object.entries(scalars).map(([name, value]) => `${name} ${value.toFixed(4)}`);
    console.log(`epoch ${epoch}: ${losses.join(', ')}, diversity ${measures.diversity}`);
    if (measures.diversity >= Number(wanted)) enough.abort();
  },
  warning: (message) => console.warn(message),
};

const outcome = await train({
  epochs: 20,
  limit: Number(limit),
  seed: 1,
  outputs,
  on: follower,
  signal: enough.signal,
});
// A run that was stopped is whole: `gan-mnist sample`, `report` and `train --resume` take it.
console.log(`${outcome.folder}: ${outcome.epochs} epochs in ${outcome.seconds.toFixed(1)} s`);
