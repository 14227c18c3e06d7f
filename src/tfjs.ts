import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

// Building a model and tracing a step need a TensorFlow.js backend that holds numbers; its advice to install
// tfjs-node, printed at first use, is not for our users.
tf.env().set('PROD', true);

export { tf };
