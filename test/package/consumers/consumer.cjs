const { firstImages, loadBackend, loadMnist, train } = require('gan-mnist');

async function main() {
  const backend = await loadBackend('auto', 1);
  const mnist = loadMnist();
  const { folder, epochs } = await train({ epochs: 1, limit: 500, seed: 1, backend });
  const { count } = firstImages(mnist.test, 10);
  console.log(JSON.stringify({ backend: backend.name, folder, epochs, count }));
}

main();
