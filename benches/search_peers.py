"""Optuna's samplers on the functions of the search bench: python search_peers.py SAMPLER VARIANT LAG FUNCTION SEEDS

A line for each seed: sampler, variant, lag, function, seed, and the simple regret after 25, 50 and 100 trials. What the
variants and the lag mean stands in benches/search.rs, which measures the same of this project's samplers.
"""

import math
import sys
import warnings

import numpy as np
import optuna

TRIALS = 100
SHIFT = (-7.3, 4.1, 11.9, -13.7, 2.6)
HARTMANN3 = (
    [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
    [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]],
)
HARTMANN6 = (
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ],
)


def branin(x):
    b, c, t = 5.1 / (4 * math.pi**2), 5 / math.pi, 1 / (8 * math.pi)
    return (x[1] - b * x[0] ** 2 + c * x[0] - 6) ** 2 + 10 * (1 - t) * math.cos(x[0]) + 10


def hartmann(table, x):
    scale, place = np.array(table[0]), np.array(table[1]) * 1e-4
    return -float(np.array([1, 1.2, 3, 3.2]) @ np.exp(-(scale * (np.array(x) - place) ** 2).sum(axis=1)))


def ackley(x):
    z = np.array(x) - SHIFT
    return float(-20 * np.exp(-0.2 * np.sqrt(np.mean(z**2))) - np.exp(np.mean(np.cos(2 * np.pi * z))) + 20 + math.e)


def levy(x):
    w = 1 + (np.array(x) - 1) / 4
    inner = ((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)).sum()
    last = (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)
    return float(np.sin(np.pi * w[0]) ** 2 + inner + last)


FUNCTIONS = {
    "branin": (branin, [(-5, 10), (0, 15)], 0.39788735772973816),
    "hartmann3": (lambda x: hartmann(HARTMANN3, x), [(0, 1)] * 3, -3.8627797873327),
    "hartmann6": (lambda x: hartmann(HARTMANN6, x), [(0, 1)] * 6, -3.3223680114155),
    "ackley5s": (ackley, [(-32.768, 32.768)] * 5, 0.0),
    "levy4": (levy, [(-10, 10)] * 4, 0.0),
}


def run(name, variant, lag, function, seed):
    value, bounds, least = FUNCTIONS[function]
    if name == "tpe":
        sampler = optuna.samplers.TPESampler(multivariate=True, constant_liar=True, seed=seed)
    elif name == "tpe-independent":
        sampler = optuna.samplers.TPESampler(multivariate=False, constant_liar=True, seed=seed)
    else:
        sampler = optuna.samplers.GPSampler(seed=seed)
    study = optuna.create_study(sampler=sampler)
    noise = np.random.default_rng(seed)
    waiting, regrets, best = [], [], math.inf
    for number in range(TRIALS):
        trial = study.ask()
        x = [trial.suggest_float(f"x{at}", low, high) for at, (low, high) in enumerate(bounds)]
        failed = variant == "failing" and (number + seed) % 5 == 4
        if not failed:
            best = min(best, value(x))
        told = None if failed else value(x) + (0.1 * noise.standard_normal() if variant == "noisy" else 0)
        regrets.append(best - least)
        waiting.append((trial, told))
        if len(waiting) >= lag:
            trial, told = waiting.pop(0)
            study.tell(trial, told, state=optuna.trial.TrialState.FAIL if told is None else None)
    return [regrets[at - 1] for at in (25, 50, 100)]


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    name, variant, lag, function, seeds = sys.argv[1:]
    if name == "gp":
        import torch

        torch.set_num_threads(1)
    for seed in range(int(seeds)):
        figures = " ".join(f"{regret:.6e}" for regret in run(name, variant, int(lag), function, seed))
        print(name, variant, lag, function, seed, figures, flush=True)


main()
