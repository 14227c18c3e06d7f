"""Writes test/evaluation/reference.json: what others say of the same points.

Needs numpy, scipy, scikit-learn and prdc (0.2, the package of Naeem et al.).
  python test/evaluation/reference.py > test/evaluation/reference.json
"""
import contextlib
import io
import json
import numpy as np
import prdc
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(7)
DIMENSIONS, K = 4, 5
# More than one tile of rows, and not a whole number of them.
real = rng.normal(size=(530, DIMENSIONS)).round(4)
generated = (real[:300] * 0.7 + 0.3 * rng.normal(size=(300, DIMENSIONS))).round(4)
with contextlib.redirect_stdout(io.StringIO()):
    measures = prdc.compute_prdc(real_features=real, fake_features=generated, nearest_k=K)
radii = NearestNeighbors(n_neighbors=K + 1).fit(real).kneighbors(real)[0][:, -1]
distances, indices = NearestNeighbors(n_neighbors=1).fit(real).kneighbors(generated)
training = rng.integers(-40, 50, 90) / 8
held_out = rng.integers(-50, 40, 70) / 8
auc = roc_auc_score(np.r_[np.ones(90), np.zeros(70)], np.r_[training, held_out])
assert np.isclose(auc, mannwhitneyu(training, held_out).statistic / (90 * 70))
print(json.dumps(dict(
    dimensions=DIMENSIONS, k=K, real=real.ravel().tolist(), generated=generated.ravel().tolist(),
    coverage=measures['coverage'], density=measures['density'], radii=radii.tolist(),
    nearest=dict(distances=distances.ravel().tolist(), indices=indices.ravel().tolist()),
    logits=dict(training=training.tolist(), heldOut=held_out.tolist(), auc=auc))))
