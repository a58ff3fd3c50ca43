"""The same fits by the peers, on one core: python peers.py TRAIN.gz TEST.gz FACTORS...

A line for each peer and number of factors: name, factors, nanoseconds of CPU time per rating and epoch, test RMSE over
ratings, seconds of the fit. Cornac's RMSE is computed here, because its own is averaged over users.
"""

import gzip
import sys
import time

import cornac
import numpy as np
import surprise

EPOCHS = 20
FITS = 10


def rows(path):
    with gzip.open(path, "rt") as lines:
        return [(user, item, float(rating)) for user, item, rating, _ in (line.split("\t") for line in lines)]


def best_of(fit):
    """The least CPU time of several fits, and the last model."""
    best = float("inf")
    for _ in range(FITS):
        start = time.process_time()
        model = fit()
        best = min(best, time.process_time() - start)
    return best, model


def surprise_svd(train, test, factors):
    reader = surprise.Reader(rating_scale=(1, 5))
    data = surprise.Dataset(reader=reader)
    trainset = data.construct_trainset([(user, item, rating, None) for user, item, rating in train])
    seconds, model = best_of(lambda: surprise.SVD(n_factors=factors, n_epochs=EPOCHS, random_state=1).fit(trainset))
    errors = [rating - model.predict(user, item).est for user, item, rating in test]
    return seconds, np.sqrt(np.mean(np.square(errors)))


def cornac_mf(train, test, factors):
    dataset = cornac.data.Dataset.from_uir(train, seed=1)
    make = lambda: cornac.models.MF(k=factors, max_iter=EPOCHS, num_threads=1, verbose=False, seed=1)
    seconds, model = best_of(lambda: make().fit(dataset))
    errors = []
    for user, item, rating in test:
        u, i = dataset.uid_map.get(user), dataset.iid_map.get(item)
        estimate = model.global_mean
        estimate += model.u_biases[u] if u is not None else 0
        estimate += model.i_biases[i] if i is not None else 0
        if u is not None and i is not None:
            estimate += float(np.dot(model.u_factors[u], model.i_factors[i]))
        errors.append(rating - min(max(estimate, 1), 5))
    return seconds, np.sqrt(np.mean(np.square(errors)))


def main():
    train, test = rows(sys.argv[1]), rows(sys.argv[2])
    for factors in map(int, sys.argv[3:]):
        for name, fit in [("surprise", surprise_svd), ("cornac", cornac_mf)]:
            seconds, rmse = fit(train, test, factors)
            print(name, factors, f"{seconds * 1e9 / len(train) / EPOCHS:.2f}", f"{rmse:.4f}", f"{seconds:.4f}", flush=True)


main()
