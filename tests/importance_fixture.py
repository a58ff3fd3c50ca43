"""Writes tests/importance_fixture.json: trials of three models with the importance that Optuna's PED-ANOVA evaluator (5.0.0)
gives to the parameters of each.

    pip install optuna
    python tests/importance_fixture.py
"""

import json
import math
import pathlib

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.default_rng(3)

number = lambda kind, low, high, log=False, step=None: {"type": kind, "low": low, "high": high, "log": log, "step": step}
STUDIES = [
    ("svd", 83, {
        "n_factors": number("int", 4, 64, log=True),
        "learning_rate": number("float", 0.002, 0.05, log=True),
        "regularization": number("float", 0.0, 0.3, step=0.02),
        "init_scale": number("float", 0.01, 0.2),
        "init": {"type": "categorical", "choices": ["constant", "gaussian", "xavier"]},
    }),
    ("als", 40, {"n_factors": number("int", 2, 20), "regularization_factors": number("float", 0.1, 10, log=True)}),
    ("item-knn", 12, {"n_neighbors": number("int", 5, 80, log=True), "shrinkage": number("float", 1, 200)}),
]


def distribution(spec):
    if spec["type"] == "categorical":
        return CategoricalDistribution(spec["choices"])
    kind = FloatDistribution if spec["type"] == "float" else IntDistribution
    return kind(spec["low"], spec["high"], log=spec["log"], **({"step": spec["step"]} if spec["step"] else {}))


def draw(spec):
    if spec["type"] == "categorical":
        return str(rng.choice(spec["choices"]))
    u, low, high = rng.random(), spec["low"], spec["high"]
    value = math.exp(math.log(low) + u * (math.log(high) - math.log(low))) if spec["log"] else low + u * (high - low)
    if spec["type"] == "int":
        return int(round(value))
    return low + spec["step"] * round((value - low) / spec["step"]) if spec["step"] else value


def loss(params):
    rate, factors = params.get("learning_rate", 0.01), params.get("n_factors", params.get("n_neighbors", 8))
    penalty = params.get("regularization", params.get("regularization_factors", params.get("shrinkage", 1)))
    shift = {"constant": 0.3, "gaussian": 0.0, "xavier": 0.1}[params.get("init", "gaussian")]
    return abs(math.log(rate / 0.012)) + 0.3 * abs(math.log(factors / 16)) + 0.1 * penalty + shift + 0.05 * rng.random()


studies = []
for model, count, space in STUDIES:
    distributions = {name: distribution(spec) for name, spec in space.items()}
    study, trials = optuna.create_study(), []
    for at in range(count):
        params = {name: draw(spec) for name, spec in space.items()}
        value = None if at % 13 == 12 else loss(params)
        state = TrialState.FAIL if value is None else TrialState.COMPLETE
        study.add_trial(create_trial(params=params, distributions=distributions, value=value, state=state))
        trials.append({"params": params, "value": value})
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    importance = optuna.importance.get_param_importances(study, evaluator=evaluator)
    params = [{"name": name, **{key: value for key, value in spec.items() if value is not None}} for name, spec in space.items()]
    studies.append({"model": model, "params": params, "trials": trials, "importance": importance})

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"studies": studies}) + "\n")
