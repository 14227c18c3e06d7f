#!/usr/bin/env bash
# Builds the addon of @tensorflow/tfjs-node without its install script, which downloads libtensorflow: the addon's
# sources are in the npm package, the library and its headers in the tensorflow-cpu of the virtual environment.
#
# usage: build_tfjs_node.sh FOLDER    as setup.sh made it, with venv/ and node/
set -eu
folder=$(cd "$1" && pwd)
tensorflow=$("$folder/venv/bin/python" -c '
from importlib.util import find_spec
print(find_spec("tensorflow").submodule_search_locations[0])')

node_headers=$(node -p 'require("node:path").join(process.execPath, "../../include/node")')
[ -e "$node_headers/node_api.h" ] || node_headers=/usr/include/node
[ -e "$node_headers/node_api.h" ] || {
  echo "build_tfjs_node.sh: no node_api.h beside $(command -v node) or in /usr/include/node" >&2
  exit 1
}

cd "$folder/node/node_modules/@tensorflow/tfjs-node"
mkdir -p deps/lib lib/napi-v8
ln -sfn "$tensorflow/include" deps/include
ln -sf "$tensorflow/libtensorflow_cc.so.2" deps/lib/libtensorflow.so
ln -sf "$tensorflow/libtensorflow_framework.so.2" deps/lib/libtensorflow_framework.so
g++ -O2 -std=c++17 -fPIC -shared -DNAPI_VERSION=8 \
  -I. -I"$node_headers" -Ideps/include \
  binding/tfjs_backend.cc binding/tfjs_binding.cc \
  -o lib/napi-v8/tfjs_binding.node \
  -Wl,-rpath,"$tensorflow" -Ldeps/lib -ltensorflow -ltensorflow_framework

cd "$folder/node"
node -e 'const tf = require("@tensorflow/tfjs-node"); console.log("tfjs-node", tf.version.tfjs, tf.getBackend());'
