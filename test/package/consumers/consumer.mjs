import { firstImages, loadBackend, loadMnist, runOptions, train } from 'gan-mnist';

const backend = await loadBackend('auto', 1);
const mnist = loadMnist();
const options = runOptions({ epochs: 1, limit: 500, seed: 1 });
const { folder, epochs } = await train({ options, outputs: 'outputs' }, { mnist, backend });
const { count } = firstImages(mnist.test, 10);
console.log(JSON.stringify({ backend: backend.name, folder, epochs, count }));
