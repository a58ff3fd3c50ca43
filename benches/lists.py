"""Figures of lists on MovieLens 100K: a quarter of each user's ratings is held out, all of it relevant, lists of ten, each
model tuned on validation rows alone and measured once.

    cargo build --release --features cli --bin rectune
    python benches/lists.py path/to/rectune path/to/ml-100k/u.data
"""

import json
import os
import subprocess
import sys

RECTUNE, DATA = sys.argv[1:3]
TRIALS = 40


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
