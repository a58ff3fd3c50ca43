"""Writes tests/rating_fixture.json: ratings, predictions and the figures of scikit-learn (1.6 or later).

Rounded predictions are the nearest of the ratings that occur, the upper one of two.

    pip install scikit-learn numpy
    python tests/rating_fixture.py
"""

import json
import pathlib

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, mean_absolute_error, root_mean_squared_error

ROWS, USERS, THRESHOLD = 400, 25, 4.0

rng = np.random.default_rng(1)
users = np.sort(rng.integers(0, USERS, ROWS))
ratings = rng.choice(np.arange(0.5, 5.5, 0.5), ROWS)
ratings[:10] = np.arange(0.5, 5.5, 0.5)
predicted = np.clip(ratings + rng.normal(0.0, 0.6, ROWS), 0.5, 5.0).astype(np.float32).astype(float)
rounded = np.floor(predicted * 2.0 + 0.5) / 2.0
relevant = ratings >= THRESHOLD
always = DummyClassifier(strategy="most_frequent").fit(predicted[:, None], relevant)
# As if a logistic calibration had a = -8 and b = 2.
likely = 1.0 / (1.0 + np.exp(8.0 - 2.0 * predicted))

figures = {
    "rmse": root_mean_squared_error(ratings, predicted),
    "mae": mean_absolute_error(ratings, predicted),
    "exact": accuracy_score((2 * ratings).astype(int), (2 * rounded).astype(int)),
    "relevance": accuracy_score(relevant, predicted >= THRESHOLD),
    "base-rate": accuracy_score(relevant, always.predict(predicted[:, None])),
}
probability = {"brier": brier_score_loss(relevant, likely), "log_loss": log_loss(relevant, likely)}

fixture = {
    "threshold": THRESHOLD,
    "users": users.tolist(),
    "ratings": ratings.tolist(),
    "predicted": predicted.tolist(),
    "figures": {name: float(figure) for name, figure in figures.items()},
    "probability": {name: float(figure) for name, figure in probability.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(fixture) + "\n")
