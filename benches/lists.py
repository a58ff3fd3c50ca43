"""Figures of lists on MovieLens 100K: a quarter of each user's ratings is held out, all of it relevant, lists of ten, each
model tuned on validation rows alone and measured once, on each of so many splits (5).

    cargo build --release --features cli --bin rectune
    python benches/lists.py path/to/rectune path/to/ml-100k/u.data [splits]
"""

import json
import os
import subprocess
import sys

RECTUNE, DATA = sys.argv[1:3]
SPLITS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
TRIALS = 40


def rectune(*arguments):
    run = subprocess.run([RECTUNE, *arguments, "--json", "-"], check=True, capture_output=True)
    return json.loads(run.stdout)


def mean(numbers):
    return sum(numbers) / len(numbers)


print("model        validation  test NDCG@10  seconds  test NDCG@10 of each split")
ITEMS = ["--items", os.path.join(os.path.dirname(DATA), "u.item")]
for model in ("popular", "content-knn", "ease", "ials", "bpr"):
    search = ["--sampler", "gp", "--lag", "2", "--trials", str(TRIALS)] if model != "popular" else ["--trials", "1"]
    study = ["tune", DATA, "--goal", "ranking", "--model", model, "--split", "user:0.15,0.25", *ITEMS, *search]
    results = [rectune(*study, "--seed", str(seed + 1)) for seed in range(SPLITS)]
    tests = [result["test"]["ndcg@10"]["value"] for result in results]
    validation, seconds = (mean([of(result) for result in results]) for of in (lambda one: one["best"]["value"], lambda one: one["seconds"]))
    each = " ".join(f"{test:.4f}" for test in tests)
    print(f"{model:12} {validation:.4f}      {mean(tests):.4f}        {seconds:7.1f}  {each}", flush=True)
