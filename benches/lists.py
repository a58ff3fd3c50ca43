"""Figures of lists on MovieLens 100K: a quarter of each user's ratings is held out, all of it relevant, lists of ten, each
model tuned on validation rows alone and measured once. Then the time of iALS beside `implicit`'s, one core.

    cargo build --release --features cli --bin rectune
    pip install implicit scipy numpy
    python benches/lists.py path/to/rectune path/to/ml-100k/u.data
"""

import json
import os
import subprocess
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
RECTUNE, DATA = sys.argv[1:3]
TRIALS, EPOCHS, WIDTHS = 40, 15, (20, 64, 100)


def rectune(*arguments):
    run = subprocess.run([RECTUNE, *arguments, "--json", "-"], check=True, capture_output=True)
    return json.loads(run.stdout)


print("model  validation  test NDCG@10  95 %              seconds  best")
ITEMS = ["--items", os.path.join(os.path.dirname(DATA), "u.item")]
for model in ("popular", "content-knn", "ease", "ials", "bpr"):
    lag = ["--sampler", "gp", "--lag", "2", "--trials", str(TRIALS)] if model != "popular" else ["--trials", "1"]
    result = rectune("tune", DATA, "--goal", "ranking", "--model", model, "--split", "user:0.15,0.25", *ITEMS, *lag)
    test = result["test"]["ndcg@10"]
    print(f"{model:8} {result['best']['value']:.4f}      {test['value']:.4f}        {test['low']:.4f} to {test['high']:.4f}  {result['seconds']:7.1f}  {result['best']['params']}")

import implicit
import numpy as np
import scipy.sparse as sp

pairs = np.loadtxt(DATA, dtype=int)[:, :2] - 1
matrix = sp.csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])))
print("\nns per rating and epoch: factors, iALS here, implicit's ALS")
for k in WIDTHS:
    peer = implicit.als.AlternatingLeastSquares(factors=k, iterations=EPOCHS, num_threads=1)
    started = time.process_time()
    peer.fit(matrix, show_progress=False)
    theirs = (time.process_time() - started) / EPOCHS / len(pairs) * 1e9
    # One row in a hundred is held out, so that the time is of training.
    own = rectune("train", DATA, "--model", "ials", "--set", f"n_factors={k}", "--epochs", str(EPOCHS), "--split", "user:0,0.01")
    print(f"{k:4} {own['ns_per_rating_epoch']:8.1f} {theirs:8.1f}")
