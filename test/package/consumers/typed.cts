import { loadBackend, Random, train, type TrainOptions } from 'gan-mnist';

async function main(): Promise<void> {
  const options: TrainOptions = { epochs: 1, limit: 500, seed: 1, backend: 'auto', threads: 1 };
  const random: Random = new Random(1, 'count');
  const backend = await loadBackend('auto', 1);
  const { folder, epochs } = await train({ ...options, outputs: 'outputs' });
  const count: number = [...new Array<Random>(10)].fill(random).length;
  console.log(JSON.stringify({ backend: backend.name, folder, epochs, count }));
}

void main();
