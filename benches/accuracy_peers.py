"""Surprise's models at their defaults on MovieLens-100K's official splits u1 to u5: python accuracy_peers.py FOLDER [NAMES...]

A line for each model: name, test RMSE averaged over the splits, CPU seconds of one fit, and the RMSE of each split. Run on
one core; SVD++ takes minutes.
"""

import gzip
import sys
import time

import numpy as np
import surprise

ITEMS = {"name": "pearson_baseline", "shrinkage": 100, "user_based": False}
MODELS = {
    "bias": lambda: surprise.BaselineOnly(verbose=False),
    "svd": lambda: surprise.SVD(random_state=1),
    "svdpp": lambda: surprise.SVDpp(random_state=1),
    "nmf": lambda: surprise.NMF(random_state=1),
    "user-knn": lambda: surprise.KNNBaseline(verbose=False),
    "item-knn": lambda: surprise.KNNBaseline(sim_options=ITEMS, verbose=False),
    "slope-one": lambda: surprise.SlopeOne(),
}


def rows(path):
    with gzip.open(path, "rt") as lines:
        return [(user, item, float(rating)) for user, item, rating, _ in (line.split("\t") for line in lines)]


def measure(make, folder):
    errors, seconds = [], []
    for split in range(1, 6):
        train, test = (rows(f"{folder}/u{split}.{part}.gz") for part in ("base", "test"))
        data = surprise.Dataset(reader=surprise.Reader(rating_scale=(1, 5)))
        trainset = data.construct_trainset([(*row, None) for row in train])
        start = time.process_time()
        model = make().fit(trainset)
        seconds.append(time.process_time() - start)
        differences = [rating - model.predict(user, item).est for user, item, rating in test]
        errors.append(np.sqrt(np.mean(np.square(differences))))
    return errors, min(seconds)


def main():
    folder, names = sys.argv[1], sys.argv[2:] or MODELS
    for name in names:
        errors, seconds = measure(MODELS[name], folder)
        print(name, f"{np.mean(errors):.4f}", f"{seconds:.3f}", *(f"{error:.4f}" for error in errors), flush=True)


main()
