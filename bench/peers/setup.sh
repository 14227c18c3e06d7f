#!/usr/bin/env bash
# Sets up what `npm run bench` compares with: PyTorch, TensorFlow and JAX in a virtual environment, @tensorflow/tfjs-node
# and jax-js in a folder of Node packages. Needs python3 with venv, g++ and Node.js 20 or 22; about 8 GB of disk.
#
# usage: setup.sh [FOLDER]    default: bench/peers/installed; another one is passed on as `npm run bench -- --peers FOLDER`
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/installed}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"

mkdir -p "$folder/node"
cd "$folder/node"
[ -e package.json ] || npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund @jax-js/jax@0.1.25 @tensorflow/tfjs-node@4.22.0
"$here/build_tfjs_node.sh" "$folder" ||
  echo "setup.sh: @tensorflow/tfjs-node could not be built; its rows of the bench will say why" >&2
