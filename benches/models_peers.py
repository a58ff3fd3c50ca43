"""LensKit's biased ALS and EASE, and implicit's ALS, on one core: python models_peers.py TRAIN.gz TEST.gz

A line for each fit that benches/models.rs makes too, by the same name: name, seconds of CPU time of the fastest of several
fits, and what the test ratings say of it: the RMSE, or where it only makes lists the NDCG@10.

als: the objective, the number of factors, the epochs, the regularization and the damping are the same. Only LensKit's epochs
count; its table of ratings and its biases are there before. ials: the factors, the epochs and the three steps of conjugate
gradients for a vector are the same, but the objective is that of Hu, Koren and Volinsky, at implicit's own settings: what
compares is the time, and the lists only as those of two models that nobody has tuned. ease: the objective
and the regularization are the same.
"""

import gzip
import sys
import time

import numpy as np
import pandas as pd
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from lenskit.als import BiasedMFScorer
from lenskit.data import from_interactions_df
from lenskit.knn import EASEScorer
from lenskit.training import TrainingOptions

FITS = 5
LENGTH = 10


def rows(path):
    with gzip.open(path, "rt") as lines:
        return np.array([[int(field) for field in line.split("\t")[:3]] for line in lines])


def best_of(start, fit):
    """The least CPU time of several fits, each of what `start` gives, and the last of those."""
    best = float("inf")
    for _ in range(FITS):
        model = start()
        clock, cpu = time.perf_counter(), time.process_time()
        fit(model)
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
        if cpu > 1.05 * clock:
            sys.exit(f"{cpu:.3f} s of CPU time passed in {clock:.3f} s: that is more than one core.")
        best = min(best, cpu)
    return best, model


def of_lenskit(train):
    return from_interactions_df(pd.DataFrame(train, columns=["user_id", "item_id", "rating"]))


def of_implicit(train, test):
    shape = np.max(np.concatenate([train, test]), axis=0)[:2] + 1
    return sp.csr_matrix((np.ones(len(train), np.float32), (train[:, 0], train[:, 1])), shape=shape)


def lenskit_als(train, test):
    data = of_lenskit(train)

    def start():
        scorer = BiasedMFScorer(features=64, epochs=10, regularization=0.1, damping=5.0)
        return scorer, scorer.create_trainer(data, TrainingOptions(rng=1))

    def fit(model):
        scorer, trainer = model
        for _ in range(scorer.config.epochs):
            trainer.train_epoch()

    seconds, (scorer, _) = best_of(start, fit)
    errors = []
    for user, item, rating in test:
        u = scorer.users.number(user, missing=None)
        i = scorer.items.number(item, missing=None)
        estimate = scorer.bias.global_bias
        estimate += scorer.bias.user_biases[u] if u is not None else 0
        estimate += scorer.bias.item_biases[i] if i is not None else 0
        if u is not None and i is not None:
            estimate += float(np.dot(scorer.user_embeddings[u], scorer.item_embeddings[i]))
        errors.append(rating - min(max(estimate, 1), 5))
    return seconds, np.sqrt(np.mean(np.square(errors)))


def lenskit_ease(train, test):
    data = of_lenskit(train)
    start = lambda: EASEScorer(regularization=500.0)
    seconds, scorer = best_of(start, lambda scorer: scorer.train(data, TrainingOptions(rng=1, device="cpu")))
    matrix = of_implicit(train, test)
    known = scorer.items.ids()
    scores = np.full(matrix.shape, -np.inf)
    scores[:, known] = matrix[:, known] @ scorer.weights
    return seconds, ndcg(scores, matrix, test)


def implicit_als(factors):
    def measure(train, test):
        matrix = of_implicit(train, test)
        start = lambda: AlternatingLeastSquares(factors=factors, iterations=15, num_threads=1, random_state=1)
        seconds, model = best_of(start, lambda model: model.fit(matrix, show_progress=False))
        return seconds, ndcg(model.user_factors @ model.item_factors.T, matrix, test)

    return measure


def ndcg(scores, matrix, test):
    """Of lists out of all items that the user has not rated; every test rating is relevant."""
    discounts = 1 / np.log2(np.arange(LENGTH) + 2)
    of_users = []
    for user in np.unique(test[:, 0]):
        relevant = test[test[:, 0] == user, 1]
        own = scores[user].copy()
        # No item has the number 0.
        own[np.append(matrix[user].indices, 0)] = -np.inf
        hits = np.isin(np.argsort(-own)[:LENGTH], relevant)
        of_users.append(np.sum(discounts[hits]) / np.sum(discounts[: len(relevant)]))
    return np.mean(of_users)


def main():
    train, test = rows(sys.argv[1]), rows(sys.argv[2])
    fits = [("als", lenskit_als), ("ials", implicit_als(64)), ("ials-100", implicit_als(100)), ("ease", lenskit_ease)]
    for name, fit in fits:
        seconds, figure = fit(train, test)
        print(name, f"{seconds:.4f}", f"{figure:.4f}", flush=True)


main()
